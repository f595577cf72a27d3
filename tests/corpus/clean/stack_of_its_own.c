/* A thread on a stack that malloc gave, and a signal stack. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

static void on_signal(int number)
{
    (void)number;
}

static void *work(void *unused)
{
    volatile char local[10000];
    local[5] = 1;
    return unused;
}

int main(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    char *stack = aligned_alloc(4096, 1 << 18), *signal_stack = malloc(65536);
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, 1 << 18);
    pthread_create(&thread, &attributes, work, NULL);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    stack_t alternate = {.ss_sp = signal_stack, .ss_size = 65536}, off = {.ss_flags = SS_DISABLE};
    sigaltstack(&alternate, NULL);
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    sigaltstack(&off, NULL);
    free(signal_stack);
    free(stack);
}
