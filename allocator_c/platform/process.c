#define _GNU_SOURCE
#include "platform/process.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"
#include "platform/file.h"

/* glibc's; a NULL owner means: not when this library is finalized, but after all libraries are. */
extern int __cxa_atexit(void (*function)(void *), void *argument, void *owner);

uint32_t process_id(void)
{
    return (uint32_t)syscall(SYS_getpid);
}

void process_abort(void)
{
    abort();
}

void process_end(int status)
{
    for (;;)
        syscall(SYS_exit_group, status);
}

int process_execute(int directory, const char *path, char *const *arguments, char *const *environment, int flags)
{
    if (directory == AT_FDCWD && flags == 0)
        return (int)syscall(SYS_execve, path, arguments, environment);
    return (int)syscall(SYS_execveat, directory, path, arguments, environment, flags);
}

/* glibc's list of all streams, linked by a public member of FILE. */
extern FILE *_IO_list_all __attribute__((weak));

#define STREAMS_MAX 4096

void process_exit_now(int status)
{
    FILE *stream = &_IO_list_all == NULL ? NULL : _IO_list_all;
    for (int i = 0; i < STREAMS_MAX && stream != NULL; i++, stream = stream->_chain) {
        if (ftrylockfile(stream) != 0)
            continue;
        fflush_unlocked(stream);
        funlockfile(stream);
    }
    process_end(status);
}

void process_at_exit(void (*at_end)(void *))
{
    __cxa_atexit(at_end, NULL, NULL);
}

void process_at_quick_exit(void (*at_end)(void))
{
    at_quick_exit(at_end);
}

int process_is_static(void)
{
    return getauxval(AT_BASE) == 0;
}

void process_block_signals(sigset_t *before)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, before);
}

void process_restore_signals(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

size_t process_thread_name(uint32_t thread_id, char *name, size_t capacity)
{
    char storage[64];
    struct text path = text_in(storage, sizeof(storage));
    text_add(&path, "/proc/self/task/");
    text_add_unsigned(&path, thread_id);
    text_add(&path, "/comm");
    int descriptor = file_open_to_read(path.start);
    if (descriptor < 0)
        return 0;
    ssize_t count = file_read(descriptor, name, capacity - 1);
    file_close(descriptor);
    while (count > 0 && name[count - 1] == '\n')
        count--;
    size_t length = count > 0 ? (size_t)count : 0;
    name[length] = '\0';
    return length;
}

/* __gnu_cxx::__freeres */
extern void _ZN9__gnu_cxx9__freeresEv(void) __attribute__((weak));

void process_free_reserves(void)
{
    if (_ZN9__gnu_cxx9__freeresEv != NULL)
        _ZN9__gnu_cxx9__freeresEv();
}

int process_stream_owns(const void *buffer)
{
    return buffer == (void *)stdin->_IO_buf_base || buffer == (void *)stdout->_IO_buf_base
           || buffer == (void *)stderr->_IO_buf_base;
}
