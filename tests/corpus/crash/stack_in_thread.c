/* A recursion in a thread, whose stack ends at a guard page.
 *
 * fault: stack-overflow
 * signal: SIGSEGV
 */
#include <pthread.h>
#include <stdlib.h>

static long deeper(volatile long depth)
{
    volatile char wide[500];
    wide[0] = (char)depth;
    return deeper(depth + 1) + wide[0];
}

static void *work(void *argument)
{
    return (void *)deeper((long)argument);
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
}
