/* A tree whose root is lost.
 *
 * definite: 1 block, 24 bytes
 * indirect: 14 blocks, 336 bytes
 */
#include "leak.h"

struct tree {
    struct tree *left, *right;
    long key;
};

static struct tree *grow(int depth)
{
    if (depth == 0)
        return NULL;
    struct tree *tree = malloc(sizeof *tree);
    tree->left = grow(depth - 1);
    tree->right = grow(depth - 1);
    tree->key = depth;
    return tree;
}

APART static void work(void)
{
    grow(4);
}

int main(void)
{
    work();
    end();
}
