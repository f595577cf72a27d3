#define _GNU_SOURCE
#include "platform/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "platform/file.h"
#include "platform/process.h"

/* Less than a path may have, since a report may be made on the small stack of a signal handler. */
#define PATH_BYTES_MAX 1024

static const char *target_path;                /* NULL: target_descriptor */
static int target_descriptor = STDERR_FILENO;
static int failure_told;

void output_set_target(const char *target)
{
    const char *cursor = target;
    uint64_t number;
    target_path = NULL;
    if (text_read_unsigned(&cursor, &number) && *cursor == '\0' && number <= INT_MAX)
        target_descriptor = (int)number;
    else
        target_path = target;
}

/* A pipe that nobody reads any more must not end the program, nor a file that may not grow. Returns 1 when all is
 * written. */
static int write_without_signal(int descriptor, const char *bytes, size_t count)
{
    static const int raised_by_write[] = {SIGPIPE, SIGXFSZ};
    sigset_t before, pending, ours;
    sigemptyset(&ours);
    sigemptyset(&pending);
    sigpending(&pending);
    for (unsigned i = 0; i < sizeof(raised_by_write) / sizeof(*raised_by_write); i++)
        if (!sigismember(&pending, raised_by_write[i]))
            sigaddset(&ours, raised_by_write[i]);
    pthread_sigmask(SIG_BLOCK, &ours, &before);
    int is_written = file_write(descriptor, bytes, count);
    sigtimedwait(&ours, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_written;
}

static void tell_failure(const char *path)
{
    char storage[PATH_BYTES_MAX + 128];
    struct text line = text_in(storage, sizeof(storage));
    if (failure_told)
        return;
    failure_told = 1;
    text_add(&line, "ftmalloc: FtMallocReport: cannot ");
    text_add(&line, path == NULL ? "write to descriptor " : "write to ");
    if (path == NULL)
        text_add_unsigned(&line, (unsigned)target_descriptor);
    else
        text_add(&line, path);
    text_add(&line, "; reports go to standard error\n");
    write_without_signal(STDERR_FILENO, line.start, line.length);
}

static int write_to_descriptor(const char *bytes, size_t count)
{
    if (write_without_signal(target_descriptor, bytes, count) || target_descriptor == STDERR_FILENO)
        return 1;
    tell_failure(NULL);
    return 0;
}

/* Opened for each report: no descriptor of ours that the program could close or hand to a child. */
static int write_to_file(const char *bytes, size_t count)
{
    char storage[PATH_BYTES_MAX];
    struct text path = text_in(storage, sizeof(storage));
    for (const char *c = target_path; *c != '\0'; c++) {
        if (c[0] == '%' && c[1] == 'p') {
            text_add_unsigned(&path, process_id());
            c++;
        } else {
            text_add_char(&path, *c);
        }
    }
    int descriptor = file_open(path.start, O_WRONLY | O_CREAT | O_APPEND);
    int is_written = descriptor >= 0 && write_without_signal(descriptor, bytes, count);
    if (descriptor >= 0)
        file_close(descriptor);
    if (!is_written)
        tell_failure(path.start);
    return is_written;
}

void output_write(const char *bytes, size_t count)
{
    int saved_errno = errno;
    if (!(target_path != NULL ? write_to_file(bytes, count) : write_to_descriptor(bytes, count)))
        write_without_signal(STDERR_FILENO, bytes, count);
    errno = saved_errno;
}

void output_write_error(const char *bytes, size_t count)
{
    int saved_errno = errno;
    write_without_signal(STDERR_FILENO, bytes, count);
    errno = saved_errno;
}

void output_flush_stdout(void)
{
    if (ftrylockfile(stdout) != 0)
        return;
    fflush_unlocked(stdout);
    funlockfile(stdout);
}
