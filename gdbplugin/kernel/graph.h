/* The graph of analysis/graph.py, as its columns stand. */
#ifndef GRAPH_H
#define GRAPH_H

#include "kernel.h"

#define INTERIOR 1u

/* The graph's edges: those of row r are targets[starts[r]] .. targets[starts[r + 1]]. `stack` has row_count entries. */
struct graph {
    uint64_t row_count;
    const uint64_t *starts;
    uint64_t target_count;
    const uint32_t *targets;
    uint8_t *classes;
    uint32_t *stack;
};

static inline uint64_t edges_end(const struct graph *graph, uint32_t row)
{
    uint64_t end = graph->starts[row + 1];
    return end < graph->target_count ? end : graph->target_count;
}

#endif
