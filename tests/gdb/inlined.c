/* Wrappers that the compiler inlines, the first of them where memory is allocated: their frames have no code of their
own, and a stack of return addresses alone does not show them. */
#include <stdlib.h>

struct parcel {
    struct parcel *next;
    int weights[10];
};

static inline __attribute__((always_inline)) void *checked_alloc(size_t size_bytes)
{
    void *memory = malloc(size_bytes); /* line: checked_alloc */
    if (memory == NULL)
        abort();
    return memory;
}

static inline __attribute__((always_inline)) struct parcel *make_parcel(struct parcel *next)
{
    struct parcel *parcel = checked_alloc(sizeof(struct parcel)); /* line: make_parcel */
    parcel->next = next;
    return parcel;
}

struct parcel *shelf;

static __attribute__((noinline)) void store_parcels(void)
{
    for (int index = 0; index < 3; index++)
        shelf = make_parcel(shelf); /* line: store_parcels */
    __asm__ volatile("");           /* the loop ends here: no tail call */
}

int main(void)
{
    store_parcels(); /* line: main */
    abort();
}
