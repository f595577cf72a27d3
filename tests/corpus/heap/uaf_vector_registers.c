/* A structure is copied by vector moves from behind a pointer that a freed block held.
 *
 * compile: -O2
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 16
 * offset_bytes: 8
 * plain: silent
 */
#include <stdlib.h>

struct matrix {
    double cells[4];
};
struct holder {
    long count;
    struct matrix *matrix;
};

__attribute__((noipa)) static void drop(struct holder *holder)
{
    free(holder); /* free */
}

__attribute__((noipa)) static void get(struct matrix *to, const struct holder *holder)
{
    *to = *holder->matrix; /* access */
}

int main(void)
{
    static struct matrix one, copy;
    struct holder *holder = malloc(sizeof *holder); /* alloc */
    holder->matrix = &one;
    drop(holder); /* free */
    get(&copy, holder);
    return 0;
}
