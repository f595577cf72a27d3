/* A structure and its copy both free their string.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a quarantined 6-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>
#include <string.h>

struct person {
    char *name;
};

static void release_first(struct person *person)
{
    free(person->name); /* free */
}

static void release_second(struct person *person)
{
    free(person->name); /* access */
}

int main(void)
{
    struct person one = {strdup("Alice")}, other = one; /* alloc */
    release_first(&one);
    release_second(&other);
    return 0;
}
