#include "platform/thread.h"

#include <pthread.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/attributes.h"

static FT_THREAD_LOCAL uint32_t current_thread_id;
static void (*begin_handler)(void);
static pthread_key_t end_key;
static int end_key_exists;

static FT_NOINLINE void begin(void)
{
    void (*at_begin)(void) = __atomic_load_n(&begin_handler, __ATOMIC_ACQUIRE);
    current_thread_id = (uint32_t)syscall(SYS_gettid);
    if (at_begin != NULL)
        at_begin();
}

uint32_t thread_id(void)
{
    if (FT_UNLIKELY(current_thread_id == 0))
        begin();
    return current_thread_id;
}

void thread_set_begin_handler(void (*at_begin)(void))
{
    __atomic_store_n(&begin_handler, at_begin, __ATOMIC_RELEASE);
}

void thread_id_forget(void)
{
    current_thread_id = 0;
}

void thread_set_end_handler(void (*at_end)(void *))
{
    if (!end_key_exists && pthread_key_create(&end_key, at_end) == 0)
        __atomic_store_n(&end_key_exists, 1, __ATOMIC_RELEASE);
}

void thread_watch_end(void *value)
{
    if (__atomic_load_n(&end_key_exists, __ATOMIC_ACQUIRE))
        pthread_setspecific(end_key, value);
}

void thread_at_fork(void (*before)(void), void (*in_parent)(void), void (*in_child)(void))
{
    pthread_atfork(before, in_parent, in_child);
}
