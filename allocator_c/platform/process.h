/* The process: its id, its end, its signals. */
#ifndef FT_PLATFORM_PROCESS_H
#define FT_PLATFORM_PROCESS_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

uint32_t process_id(void);
/* SIGABRT as abort(3) raises it: the program's handler runs first, then a core is left. */
__attribute__((noreturn)) void process_abort(void);
/* `at_end` runs at exit behind all handlers and destructors of program and libraries, when called early enough. */
void process_at_exit(void (*at_end)(void *));
/* The same for quick_exit. */
void process_at_quick_exit(void (*at_end)(void));
/* The system call behind _exit, and the one behind execve: returns -1 with errno, if at all. */
__attribute__((noreturn)) void process_end(int status);
int process_execute(int directory, const char *path, char *const *arguments, char *const *environment, int flags);
/* Ends the process with `status` from within an exit handler, once the streams are flushed. A stream that another
 * thread holds is left as it is: waiting for it could last for ever. */
__attribute__((noreturn)) void process_exit_now(int status);

/* 1: no dynamic loader has started this program. */
int process_is_static(void);

/* Keeps the calling thread's signals back; what was blocked before goes to *before. */
void process_block_signals(sigset_t *before);
void process_restore_signals(const sigset_t *before);

/* Name of a thread of this process. Returns its length; 0 when it is not known. */
size_t process_thread_name(uint32_t thread_id, char *name, size_t capacity);
/* Asks the C++ library, if there is one, to free what it keeps for its own emergencies. */
void process_free_reserves(void);
/* 1 when `buffer` is the buffer of a standard stream: libc's, and alive until the very end. */
int process_stream_owns(const void *buffer);

#endif
