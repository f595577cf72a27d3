/* Many small nodes: what a block costs in memory, and in cache misses. */
#include "case.h"

struct node {
    struct node *left;
    struct node *right;
};

static struct node *build(size_t node_bytes, int depth)
{
    struct node *node = must(malloc(node_bytes));
    node->left = depth ? build(node_bytes, depth - 1) : NULL;
    node->right = depth ? build(node_bytes, depth - 1) : NULL;
    return node;
}

static int count_nodes(const struct node *node)
{
    return node ? 1 + count_nodes(node->left) + count_nodes(node->right) : 0;
}

static void burn(struct node *node)
{
    if (!node)
        return;
    burn(node->left);
    burn(node->right);
    free(node);
}

/* One tree that lives on, and many short-lived ones, as the benchmarks game does it. */
static void run_trees(size_t node_bytes)
{
    struct node *lasting = build(node_bytes, 17);
    for (int depth = 6; depth <= 16; depth += 2)
        for (int i = 0; i < 1 << (20 - depth); i++) {
            struct node *tree = build(node_bytes, depth);
            if (count_nodes(tree) != (2 << depth) - 1)
                exit(3);
            burn(tree);
        }
    burn(lasting);
}

static void run_16(void)
{
    run_trees(16);
}

static void run_24(void)
{
    run_trees(24);
}

static void run_32(void)
{
    run_trees(32);
}

static void run_48(void)
{
    run_trees(48);
}

struct entry {
    struct entry *next;
    uint64_t key;
    char *value;
};

/* A hash table with chains: a node and a short string for each entry, in the order chance gives them. */
static void run_chains(void)
{
    enum { BUCKETS = 1 << 16, KEYS = 200000 };
    static struct entry *buckets[BUCKETS];
    uint64_t seed = 31;
    for (int i = 0; i < 1200000; i++) {
        uint64_t key = random_next(&seed) % KEYS;
        struct entry **link = &buckets[key * 0x9e3779b97f4a7c15u >> 48];
        while (*link && (*link)->key != key)
            link = &(*link)->next;
        if (*link) {
            struct entry *found = *link;
            *link = found->next;
            free(found->value);
            free(found);
        } else {
            *link = must(malloc(sizeof(**link)));
            (*link)->next = NULL;
            (*link)->key = key;
            (*link)->value = must(malloc(8 + key % 33));
            (*link)->value[0] = 1;
        }
    }
}

static const struct bench_case cases[] = {
    {"tree-16", CLOCK_CPU, run_16, "binary trees of 16-byte nodes"},
    {"tree-24", CLOCK_CPU, run_24, "binary trees of 24-byte nodes"},
    {"tree-32", CLOCK_CPU, run_32, "binary trees of 32-byte nodes"},
    {"tree-48", CLOCK_CPU, run_48, "binary trees of 48-byte nodes"},
    {"hash-chains", CLOCK_CPU, run_chains, "hash table of 24-byte nodes and strings of 8 to 40 bytes"},
};

CASE_MAIN(cases)
