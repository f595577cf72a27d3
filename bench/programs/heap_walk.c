/* heap_walk BLOCKS MEGABYTES: a heap for the debugger to read. BLOCKS blocks of MEGABYTES in all hang on `root` as
 * a binary tree; one in a hundred was cut off and is a leak. gdb stops in heap_ready. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../cases/case.h"

struct node {
    struct node *left;
    struct node *right;
};

struct node *root;

__attribute__((noinline)) void heap_ready(void)
{
    __asm__ volatile("" ::: "memory");
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    size_t count = (size_t)atol(argv[1]);
    size_t mean = ((size_t)atol(argv[2]) << 20) / count;
    struct node **nodes = must(malloc(count * sizeof(*nodes)));
    uint64_t seed = 83;
    for (size_t i = 0; i < count; i++) {
        size_t size = sizeof(struct node) + random_next(&seed) % (2 * mean - 2 * sizeof(struct node));
        nodes[i] = must(calloc(1, size));
        memset(nodes[i] + 1, 0x5a, size - sizeof(struct node));
        if (i == 0)
            root = nodes[0];
        else if (i < count / 2 || i % 50) {
            struct node *parent = nodes[(i - 1) / 2];
            *(i % 2 ? &parent->left : &parent->right) = nodes[i];
        }
    }
    memset(nodes, 0, count * sizeof(*nodes));
    free(nodes);
    heap_ready();
    return 0;
}
