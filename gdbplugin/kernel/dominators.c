/* What each block alone keeps alive: analysis/dominators.py. Nodes are numbered in the order of a depth-first search,
 * 0 is the common parent of all roots. */
#include "graph.h"

/* Columns by number but for `numbers`, which is by row; all but that one have room for one more than there are rows.
 * `sources` has room for all edges and seeds. */
struct tree {
    uint32_t *numbers; /* zero at first; 0: not reached. In the end the labels, by number */
    uint32_t *order;   /* rows */
    uint32_t *parents; /* of the search; in the end the immediate dominators */
    uint32_t *semis;
    uint32_t *ancestors;
    uint32_t *starts;
    uint32_t *scratch;
    uint32_t *sources;
    uint64_t count;
};

static uint32_t row_of(uint32_t edge)
{
    return edge >> 1;
}

static void enter(struct tree *tree, uint32_t row, uint32_t parent)
{
    tree->scratch[tree->count] = 0; /* how many of its edges were followed */
    tree->order[tree->count] = row;
    tree->parents[tree->count] = parent;
    tree->numbers[row] = (uint32_t)tree->count++;
}

/* dominators._search: the way back to the seed leads along `parents`, so that no stack is needed. */
static void search(struct tree *tree, const struct graph *graph, uint32_t seed)
{
    if (tree->numbers[seed] != 0)
        return;
    enter(tree, seed, 0);
    for (uint32_t node = (uint32_t)tree->count - 1; node != 0;) {
        uint64_t at = graph->starts[tree->order[node]] + tree->scratch[node];
        if (at >= edges_end(graph, tree->order[node])) {
            node = tree->parents[node];
            continue;
        }
        tree->scratch[node]++;
        uint32_t row = row_of(graph->targets[at]);
        if (row < graph->row_count && tree->numbers[row] == 0) {
            enter(tree, row, node);
            node = (uint32_t)tree->count - 1;
        }
    }
}

/* dominators._predecessors: counts them into starts[n + 1], or files them. */
static void visit_edges(struct tree *tree, const struct graph *graph, const uint32_t *seeds, uint64_t seed_count,
                        int is_filing)
{
    for (uint64_t node = 0; node < tree->count; node++) {
        uint64_t begin = node == 0 ? 0 : graph->starts[tree->order[node]];
        uint64_t end = node == 0 ? seed_count : edges_end(graph, tree->order[node]);
        for (uint64_t at = begin; at < end; at++) {
            uint32_t row = node == 0 ? seeds[at] : row_of(graph->targets[at]);
            if (row >= graph->row_count)
                continue;
            if (is_filing)
                tree->sources[tree->scratch[tree->numbers[row]]++] = (uint32_t)node;
            else
                tree->starts[tree->numbers[row] + 1]++;
        }
    }
}

static void file_sources(struct tree *tree, const struct graph *graph, const uint32_t *seeds, uint64_t seed_count)
{
    memset(tree->starts, 0, (tree->count + 1) * sizeof *tree->starts);
    visit_edges(tree, graph, seeds, seed_count, 0);
    for (uint64_t node = 0; node < tree->count; node++) {
        tree->starts[node + 1] += tree->starts[node];
        tree->scratch[node] = tree->starts[node];
    }
    visit_edges(tree, graph, seeds, seed_count, 1);
}

/* dominators._compress */
static void compress(struct tree *tree, uint32_t node, uint32_t limit)
{
    uint32_t depth = 0;
    for (; tree->ancestors[node] > limit; node = tree->ancestors[node])
        tree->scratch[depth++] = node;
    uint32_t top = tree->ancestors[node], best = tree->numbers[node];
    while (depth > 0) {
        node = tree->scratch[--depth];
        if (tree->semis[best] < tree->semis[tree->numbers[node]])
            tree->numbers[node] = best;
        best = tree->numbers[node];
        tree->ancestors[node] = top;
    }
}

/* dominators._immediate_dominators, into `parents` */
static void find_dominators(struct tree *tree)
{
    for (uint32_t node = 0; node < tree->count; node++) {
        tree->semis[node] = tree->numbers[node] = node;
        tree->ancestors[node] = tree->parents[node];
    }
    for (uint32_t node = (uint32_t)tree->count - 1; node > 0; node--) {
        uint32_t lowest = tree->parents[node];
        for (uint32_t at = tree->starts[node]; at < tree->starts[node + 1]; at++) {
            uint32_t source = tree->sources[at];
            if (source > node) {
                compress(tree, source, node);
                source = tree->semis[tree->numbers[source]];
            }
            lowest = source < lowest ? source : lowest;
        }
        tree->semis[node] = lowest;
    }
    for (uint32_t node = 1; node < tree->count; node++) {
        uint32_t dominator = tree->parents[node];
        while (dominator > tree->semis[node])
            dominator = tree->parents[dominator];
        tree->parents[node] = dominator;
    }
}

/* dominators.owners: the tree, with the immediate dominators in `parents`. All edges and seeds together are fewer than
 * 2^32. */
EXPORT void ftscan_dominators(const struct graph *graph, const uint32_t *seeds, uint64_t seed_count, struct tree *tree)
{
    tree->count = 1;
    tree->order[0] = tree->parents[0] = 0;
    for (uint64_t i = 0; i < seed_count; i++)
        if (seeds[i] < graph->row_count)
            search(tree, graph, seeds[i]);
    file_sources(tree, graph, seeds, seed_count);
    find_dominators(tree);
}

/* dominators.owners: what each node of the tree keeps alive, itself included. `bytes` and `counts` are zero. */
EXPORT void ftscan_retained(uint64_t count, const uint32_t *order, const uint32_t *dominators,
                            const uint64_t *row_bytes, uint64_t *bytes, uint32_t *counts)
{
    for (uint64_t node = count; node-- > 1;) {
        bytes[node] += row_bytes[order[node]];
        counts[node]++;
        bytes[dominators[node]] += bytes[node];
        counts[dominators[node]] += counts[node];
    }
}
