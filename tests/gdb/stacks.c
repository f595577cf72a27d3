/* Blocks from known lines and threads, under the debugging switches. Argument: what to do to the heap before the crash:
 * nothing, overflow, after-free, underflow, or, with how many bytes get which value, into-trace (behind a node) and
 * before-header (of a node). */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOST_COUNT 5
#define NOINLINE __attribute__((noinline, noclone, noipa))

struct node {
    long number;
    char name[24];
};

struct node *kept;
struct node *held[LOST_COUNT];
static char *victim; /* of the overflow */
static char *freed;

static NOINLINE struct node *make_node(long number)
{
    struct node *node = malloc(sizeof(*node)); /* line: make_node */
    node->number = number;
    strcpy(node->name, "made");
    return node;
}

static NOINLINE void lose_nodes(void)
{
    for (long i = 0; i < LOST_COUNT; i++)
        make_node(i)->name[0] = 'l'; /* line: lose_nodes */
}

static NOINLINE void hold_nodes(void)
{
    for (long i = 0; i < LOST_COUNT; i++)
        held[i] = make_node(100 + i); /* line: hold_nodes */
}

static NOINLINE void drop(char *block)
{
    free(block); /* line: drop */
}

static NOINLINE void *work(void *size)
{
    victim = malloc(*(size_t *)size); /* line: work */
    memset(victim, 'v', *(size_t *)size);
    return NULL;
}

static NOINLINE void harm(const char *what, const char *count, const char *value)
{
    if (strcmp(what, "overflow") == 0)
        memcpy(victim + 100, "WXYZ", 4);
    if (strcmp(what, "after-free") == 0)
        memcpy(freed + 16, "late", 4);
    if (strcmp(what, "underflow") == 0)
        memset(victim - 4, 0x11, 4);
    if (strcmp(what, "into-trace") == 0)
        memset(held[1] + 1, atoi(value), (size_t)atoi(count));
    if (strcmp(what, "before-header") == 0)
        memset((char *)held[2] - 16 - atoi(count), atoi(value), (size_t)atoi(count));
}

int main(int count, char **arguments)
{
    pthread_t thread;
    size_t size = 100;
    lose_nodes();
    hold_nodes();
    kept = make_node(7); /* line: main */
    freed = malloc(200);
    pthread_create(&thread, NULL, work, &size);
    pthread_join(thread, NULL);
    drop(freed);
    harm(count > 1 ? arguments[1] : "nothing", count > 3 ? arguments[2] : "0", count > 3 ? arguments[3] : "0");
    printf("kept %p victim %p freed %p\n", (void *)kept, (void *)victim, (void *)freed);
    fflush(stdout);
    raise(SIGSEGV);
    return 0;
}
