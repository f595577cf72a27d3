/* A function's address is read from freed memory by the very instruction that calls it: no register holds it.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: heap-use-after-free
 * place: 0 bytes inside a quarantined 48-byte block
 * evidence: a call through a freed block, which holds 0x55, the fill of freed memory
 * compile: -O2 -fomit-frame-pointer
 */
#include <stdlib.h>

struct object {
    long number;
    void (*act)(void);
    char rest[32];
};

static void nothing(void)
{
}

int main(void)
{
    struct object *volatile kept = malloc(sizeof *kept); /* alloc */
    struct object *object = kept;
    object->act = nothing;
    free(object); /* free */
    object = kept;
    object->act(); /* access */
    return 0;
}
