/* The block is somebody else's by now: what is written there hurts the new owner.
 *
 * fault: heap-use-after-free
 * access: write
 * block_bytes: 32
 * offset_bytes: 0
 * plain: wild-pointer
 * abort: wild-pointer
 */
#include <stdlib.h>
#include <string.h>

struct person {
    char *name;
    long age, rest[2];
};

int main(void)
{
    long *old = malloc(32); /* alloc */
    free(old); /* free */
    struct person *person = malloc(sizeof *person);
    person->name = "Ada";
    old[0] = 0x4141414141414141; /* access */
    return (int)strlen(person->name); /* found */
}
