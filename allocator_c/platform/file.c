#define _GNU_SOURCE
#include "platform/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MODE_OF_NEW_FILES 0644

int file_open(const char *path, int flags)
{
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC | O_NOCTTY, MODE_OF_NEW_FILES);
}

int file_open_to_read(const char *path)
{
    return file_open(path, O_RDONLY);
}

ssize_t file_read(int descriptor, void *buffer, size_t size_bytes)
{
    ssize_t count;
    do
        count = syscall(SYS_read, descriptor, buffer, size_bytes);
    while (count < 0 && errno == EINTR);
    return count;
}

int file_write(int descriptor, const void *bytes, size_t count)
{
    const char *rest = bytes;
    while (count > 0) {
        ssize_t written = syscall(SYS_write, descriptor, rest, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return 0;
        rest += written;
        count -= (size_t)written;
    }
    return 1;
}

void file_close(int descriptor)
{
    syscall(SYS_close, descriptor);
}
