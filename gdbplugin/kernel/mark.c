/* What is lost, and what leads to what: analysis/mark.py, analysis/references.py. */
#include "graph.h"

enum leak_class { NONE, REACHABLE, POSSIBLE, INDIRECT, DEFINITE }; /* model/leaks.py: LeakClass */

/* Gives `value` to `row` and to all without a class that it leads to, by direct edges only if asked. A row is pushed
 * when it gets its class, so once at most: the stack is never too small. */
static void spread(const struct graph *graph, uint32_t row, uint8_t value, int direct_only)
{
    uint64_t depth = 0;
    if (row >= graph->row_count || graph->classes[row] != NONE)
        return;
    graph->classes[row] = value;
    graph->stack[depth++] = row;
    while (depth > 0) {
        row = graph->stack[--depth];
        uint64_t end = edges_end(graph, row);
        for (uint64_t at = graph->starts[row]; at < end; at++) {
            uint32_t edge = graph->targets[at], target = edge >> 1;
            if ((direct_only && edge & INTERIOR) || target >= graph->row_count || graph->classes[target] != NONE)
                continue;
            graph->classes[target] = value;
            graph->stack[depth++] = target;
        }
    }
}

/* heuristics._undecided: which of the interior edges, as positions in `interior_at`, lead to a row that is not
 * reachable. Returns how many there are; the first `room` of them go to `found`. */
EXPORT uint64_t ftscan_undecided(const struct graph *graph, const uint32_t *root_targets, uint64_t root_count,
                                 const int64_t *interior_at, uint64_t interior_count, uint64_t *found, uint64_t room)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < interior_count; i++) {
        int is_root = interior_at[i] < 0;
        uint64_t at = (uint64_t)(is_root ? -1 - interior_at[i] : interior_at[i]);
        if (at >= (is_root ? root_count : graph->target_count))
            continue;
        uint32_t row = (is_root ? root_targets[at] : graph->targets[at]) >> 1;
        if (row >= graph->row_count || graph->classes[row] == REACHABLE)
            continue;
        if (count++ < room)
            found[count - 1] = i;
    }
    return count;
}

/* references._reach: gives `value` to all that the seeds lead to and that has none. */
EXPORT void ftscan_reach(const struct graph *graph, const uint32_t *seeds, uint64_t seed_count, uint8_t value)
{
    for (uint64_t i = 0; i < seed_count; i++)
        spread(graph, seeds[i], value, 0);
}

/* references.parents: a breadth-first search from `seeds` until `row` is met. `parents`, zero at first, and `queue`
 * have row_count entries. */
EXPORT void ftscan_parents(const struct graph *graph, const uint32_t *seeds, uint64_t seed_count, uint64_t row,
                           uint32_t *parents, uint32_t *queue)
{
    uint64_t first = 0, end = 0;
    for (uint64_t i = 0; i < seed_count; i++) {
        if (seeds[i] < graph->row_count && parents[seeds[i]] == 0) {
            parents[seeds[i]] = seeds[i] + 1;
            queue[end++] = seeds[i];
        }
    }
    while (first < end && row < graph->row_count && parents[row] == 0) {
        uint32_t source = queue[first++];
        uint64_t edges = edges_end(graph, source);
        for (uint64_t at = graph->starts[source]; at < edges; at++) {
            uint32_t target = graph->targets[at] >> 1;
            if (target < graph->row_count && parents[target] == 0) {
                parents[target] = source + 1;
                queue[end++] = target;
            }
        }
    }
}

static void mark_held(const struct graph *graph, const uint32_t *root_targets, uint64_t root_count,
                      const uint32_t *pinned, uint64_t pinned_count)
{
    for (uint64_t i = 0; i < pinned_count; i++)
        spread(graph, pinned[i], REACHABLE, 1);
    for (uint64_t i = 0; i < root_count; i++)
        if (!(root_targets[i] & INTERIOR))
            spread(graph, root_targets[i] >> 1, REACHABLE, 1);
    for (uint64_t i = 0; i < root_count; i++)
        if (root_targets[i] & INTERIOR)
            spread(graph, root_targets[i] >> 1, POSSIBLE, 0);
    for (uint64_t row = 0; row < graph->row_count; row++) {
        if (graph->classes[row] != REACHABLE)
            continue;
        uint64_t end = edges_end(graph, (uint32_t)row);
        for (uint64_t at = graph->starts[row]; at < end; at++)
            if (graph->targets[at] & INTERIOR)
                spread(graph, graph->targets[at] >> 1, POSSIBLE, 0);
    }
}

/* mark.classify: the class of each row into `classes`, which is zero. `forest` has row_count entries. */
EXPORT void ftscan_classify(const struct graph *graph, const uint8_t *live, const uint32_t *root_targets,
                            uint64_t root_count, const uint32_t *pinned, uint64_t pinned_count, uint32_t *forest)
{
    uint64_t trees = 0;
    uint8_t *classes = graph->classes;
    mark_held(graph, root_targets, root_count, pinned, pinned_count);
    for (uint64_t row = 0; row < graph->row_count; row++) {
        if (live[row] && classes[row] == NONE) {
            forest[trees++] = (uint32_t)row;
            spread(graph, (uint32_t)row, INDIRECT, 0);
        }
    }
    for (uint64_t row = 0; row < graph->row_count; row++)
        if (classes[row] == INDIRECT)
            classes[row] = NONE;
    while (trees-- > 0) {
        if (classes[forest[trees]] == NONE) {
            spread(graph, forest[trees], INDIRECT, 0);
            classes[forest[trees]] = DEFINITE;
        }
    }
}
