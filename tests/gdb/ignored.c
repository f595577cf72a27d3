/* Lost blocks that the program calls no leaks, what they hold, and one that is lost. */
#include <signal.h>
#include <stdlib.h>

int ftmalloc_leak_ignore(const void *block) __attribute__((weak));

static void hold_and_ignore(void **block)
{
    *block = malloc(77);
    if (!ftmalloc_leak_ignore(block))
        exit(3);
}

static void __attribute__((noinline, noipa)) lose(void)
{
    malloc(99);
    hold_and_ignore(malloc(40));
    hold_and_ignore(aligned_alloc(512, 512));
    hold_and_ignore(malloc(3000));
    hold_and_ignore(malloc(300000));
}

static void __attribute__((noinline, noipa)) clear_stack(void)
{
    volatile char filler[4096];
    for (unsigned i = 0; i < sizeof(filler); i++)
        filler[i] = 0;
}

int main(void)
{
    lose();
    clear_stack();
    raise(SIGSEGV);
    return 0;
}
