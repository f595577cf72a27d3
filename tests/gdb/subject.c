/* The program that the gdb ring looks at. It prints what it does to its heap, then ends as its first argument says.
 *
 *     block ADDRESS SIZE REACH     live; REACH: global, interior, lost, below (only a lost block points to it),
 *                                  thread (only another thread's stack does)
 *     freed ADDRESS SIZE
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct node {
    struct node *next;
    char text[56];
};

void *table[16];
char *interior;
static pthread_barrier_t barrier;

static void *tell(void *pointer, size_t size, const char *reach)
{
    printf("block %p %zu %s\n", pointer, size, reach);
    return pointer;
}

__attribute__((noinline)) static void lose(void)
{
    struct node *head = malloc(sizeof *head);
    head->next = malloc(sizeof *head);
    head->next->next = NULL;
    tell(head, sizeof *head, "lost");
    tell(head->next, sizeof *head, "below");
}

/* Overwrites what calls before have left of pointers on the stack. */
__attribute__((noinline)) static void wipe(void)
{
    volatile char room[8192];
    memset((void *)room, 0, sizeof room);
}

static void *worker(void *argument)
{
    (void)argument;
    void *volatile own = tell(malloc(777), 777, "thread");
    pthread_barrier_wait(&barrier);
    for (;;)
        pause();
    return own;
}

__attribute__((noinline)) static void ready(void)
{
    __asm__ volatile("");
}

__attribute__((noipa)) static int crash(volatile int *where)
{
    *where = 1;
    return 0;
}

static void work(void)
{
    static const size_t sizes[] = {1, 42, 1000, 5000, 48847, 3000000};
    for (size_t index = 0; index < sizeof sizes / sizeof *sizes; index++)
        table[index] = tell(malloc(sizes[index]), sizes[index], "global");
    memset(table[1], 'x', 42);
    interior = (char *)tell(malloc(320), 320, "interior") + 16;
    void *volatile gone = malloc(200);
    free(gone);
    printf("freed %p 200\n", gone);
    gone = NULL;
    lose();
}

int main(int argument_count, char **arguments)
{
    const char *ending = argument_count > 1 ? arguments[1] : "crash";
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argument_count > 2) {
        pthread_t thread;
        pthread_barrier_init(&barrier, NULL, 2);
        pthread_create(&thread, NULL, worker, NULL);
        pthread_barrier_wait(&barrier);
    }
    work();
    wipe();
    printf("ready\n");
    ready();
    if (strcmp(ending, "smash") == 0) {
        memset(table[1], 'y', 42 + 30);
        crash(NULL);
    }
    if (strcmp(ending, "crash") == 0)
        crash(NULL);
    if (strcmp(ending, "wait") == 0)
        pause();
    return 0;
}
