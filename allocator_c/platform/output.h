/* Where reports go: standard error, a descriptor, or a file. Written by system calls only, errno kept. */
#ifndef FT_PLATFORM_OUTPUT_H
#define FT_PLATFORM_OUTPUT_H

#include <stddef.h>

/* `target`: a descriptor number, or a path in which %p stands for the process id. The string must stay. A relative
 * path means the directory at the time of the report. */
void output_set_target(const char *target);
/* Appends to the target; to standard error when it can't be opened, which is said once. */
void output_write(const char *bytes, size_t count);
/* What the program has printed to stdout goes out before what is written to its descriptor. Not while another thread
 * is at it. */
void output_flush_stdout(void);
/* To standard error whatever the target is. */
void output_write_error(const char *bytes, size_t count);

#endif
