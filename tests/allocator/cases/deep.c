/* A double free, or with -DCRASHES a crash, each of its calls made four functions deep. */
#include <stdlib.h>

#define KEPT __attribute__((noinline, noclone))

static void *block;
static volatile int depth;

KEPT static void innermost(int step)
{
#ifdef CRASHES
    *(volatile int *)block = step;
#endif
    if (step == 0)
        block = malloc(40);
    else
        free(block);
    depth++;
}

KEPT static void inner(int step)
{
    innermost(step);
    depth++;
}

KEPT static void outer(int step)
{
    inner(step);
    depth++;
}

int main(void)
{
    for (int step = 0; step < 3; step++)
        outer(step);
    return 0;
}
