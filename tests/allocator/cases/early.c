/* A library whose constructor allocates three functions deep: the loader runs it before ours. */
#include <stdlib.h>

#define KEPT __attribute__((noinline, noclone))

static void *volatile block;
static volatile int depth;

KEPT static void innermost(void)
{
    block = malloc(40);
    depth++;
}

KEPT static void inner(void)
{
    innermost();
    depth++;
}

__attribute__((constructor)) KEPT static void outermost(void)
{
    inner();
    depth++;
}
