/* At -O2, with the frame pointer gone and values in registers.
 *
 * compile: -O2
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 32
 * offset_bytes: 16
 * plain: silent
 * guard: heap-use-after-free with offset_bytes=24
 */
#include <stdlib.h>

struct tree {
    long key, value;
    struct tree *left, *right;
};

__attribute__((noipa)) static void drop(struct tree *tree)
{
    free(tree); /* free */
}

__attribute__((noipa)) static long sum(const struct tree *tree)
{
    return tree->right->key + tree->left->key; /* access */
}

int main(void)
{
    struct tree *tree = calloc(1, sizeof *tree); /* alloc */
    tree->left = tree->right = tree;
    drop(tree); /* free */
    return (int)sum(tree);
}
