/* Old pointers are compared and printed, never followed. */
#include <stdint.h>
#include <stdlib.h>

int main(void)
{
    uintptr_t old = (uintptr_t)malloc(40);
    free((void *)old);
    char *new = malloc(40);
    volatile int same = old == (uintptr_t)new;
    free(new);
    return same == 2;
}
