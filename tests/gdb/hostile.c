/* The programs of test_hostile.py, by the first argument:
 *
 *     copies LIBRARY   loads a second ftmalloc into a namespace of its own; only its heap holds a block of the first's
 *     fork             parent and child allocate differently, and trap
 *     many COUNT       a tree of that many blocks behind a global pointer, and a crash
 *     threads          one thread allocates for ever, the other one comes to `ready`
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct node {
    struct node *left, *right;
};

struct node *tree;
void *held, *foreign;

__attribute__((noipa)) static void crash(volatile int *where)
{
    *where = 1;
}

__attribute__((noinline)) static void ready(void)
{
    __asm__ volatile("");
}

/* Overwrites what calls before have left of pointers on the stack. */
__attribute__((noinline)) static void wipe(void)
{
    volatile char room[8192];
    memset((void *)room, 0, sizeof room);
}

__attribute__((noinline)) static void copies(const char *library)
{
    void *second = dlmopen(LM_ID_NEWLM, library, RTLD_NOW);
    void *(*other_malloc)(size_t) = (void *(*)(size_t))dlsym(second, "malloc");
    void **other = other_malloc(5000);
    foreign = other;
    held = malloc(111);
    *other = malloc(222);
}

static void forked(void)
{
    if (fork() == 0) {
        held = malloc(222);
        __builtin_trap();
    }
    held = malloc(333);
    ready();
    wait(NULL);
}

static struct node *grown(long count)
{
    if (count == 0)
        return NULL;
    struct node *node = malloc(sizeof *node);
    node->left = grown((count - 1) / 2);
    node->right = grown(count - 1 - (count - 1) / 2);
    return node;
}

static void *worker(void *barrier)
{
    pthread_barrier_wait(barrier);
    for (;;) {
        void *volatile block = malloc(100);
        usleep(1000);
        free(block);
    }
    return NULL;
}

int main(int argument_count, char **arguments)
{
    const char *what = argument_count > 1 ? arguments[1] : "";
    if (strcmp(what, "copies") == 0)
        copies(arguments[2]);
    if (strcmp(what, "fork") == 0)
        forked();
    if (strcmp(what, "many") == 0)
        tree = grown(atol(arguments[2]));
    if (strcmp(what, "threads") == 0) {
        pthread_t thread;
        pthread_barrier_t barrier;
        held = malloc(111);
        pthread_barrier_init(&barrier, NULL, 2);
        pthread_create(&thread, NULL, worker, &barrier);
        pthread_barrier_wait(&barrier);
    }
    wipe();
    ready();
    crash(NULL);
    return 0;
}
