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
static int open_failure_told;

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

/* A pipe that nobody reads any more must not end the program. */
static void write_without_signal(int descriptor, const char *bytes, size_t count)
{
    sigset_t before, pending, pipe_signal;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigemptyset(&pending);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    file_write(descriptor, bytes, count);
    if (!sigismember(&pending, SIGPIPE))
        sigtimedwait(&pipe_signal, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void tell_open_failure(const char *path)
{
    static const char before[] = "ftmalloc: FtMallocReport: cannot open ";
    static const char behind[] = " for writing; reports go to standard error\n";
    if (open_failure_told)
        return;
    open_failure_told = 1;
    write_without_signal(STDERR_FILENO, before, sizeof(before) - 1);
    write_without_signal(STDERR_FILENO, path, text_length(path));
    write_without_signal(STDERR_FILENO, behind, sizeof(behind) - 1);
}

/* Opened for each report: no descriptor of ours that the program could close or hand to a child. */
static int open_target(void)
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
    if (descriptor < 0)
        tell_open_failure(path.start);
    return descriptor;
}

void output_write(const char *bytes, size_t count)
{
    int saved_errno = errno;
    int descriptor = target_path != NULL ? open_target() : target_descriptor;
    write_without_signal(descriptor < 0 ? STDERR_FILENO : descriptor, bytes, count);
    if (target_path != NULL && descriptor >= 0)
        file_close(descriptor);
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
