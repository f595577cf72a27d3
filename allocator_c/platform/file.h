/* Files by system calls alone: callable before libc is ready, from signal handlers, and no cancellation points. */
#ifndef FT_PLATFORM_FILE_H
#define FT_PLATFORM_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* `flags` as for open(2); O_CLOEXEC and O_NOCTTY are added. Returns -1 on failure. */
int file_open(const char *path, int flags);
int file_open_to_read(const char *path);
/* Bytes read; 0: end; -1: failure. */
ssize_t file_read(int descriptor, void *buffer, size_t size_bytes);
/* Writes all, or as much as the other side takes. Returns 1 when that was all. */
int file_write(int descriptor, const void *bytes, size_t count);
void file_close(int descriptor);

#endif
