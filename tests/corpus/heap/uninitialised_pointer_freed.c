/* The destructor frees a field that was never set.
 *
 * fault: invalid-free
 * plain: silent
 */
#include <stdlib.h>

struct object {
    char *name, *text;
};

int main(void)
{
    struct object *object = malloc(sizeof *object); /* alloc */
    object->name = NULL;
    free(object->text); /* access */
}
