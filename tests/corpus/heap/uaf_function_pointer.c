/* Calls a method of a freed object.
 *
 * fault: heap-use-after-free
 * block_bytes: 24
 * offset_bytes: 16
 * plain: silent
 */
#include <stdlib.h>

struct object {
    long values[2];
    void (*method)(void);
};

static void nothing(void) {}

int main(void)
{
    struct object *object = malloc(sizeof *object); /* alloc */
    object->method = nothing;
    free(object); /* free */
    object->method(); /* access */
}
