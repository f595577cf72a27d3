/*
 * The hot loops of the gdb extension: reading headers and checking for leaks. They are called through ctypes
 * (ftheap/kernel.py). Each has a twin in pure Python that defines its answer: reader/blocks.py, analysis/graph.py,
 * analysis/mark.py, analysis/leaks.py.
 *
 * The words that are scanned come from a process that may be broken: a value is only ever compared, never followed.
 * Every index is held against the length of its column before it is used.
 */
#include <stdint.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))
#define KERNEL_VERSION 2 /* of this interface; ftheap/kernel.py names the same */
#define INTERIOR 1u
#define NO_EDGE UINT32_MAX
#define WORD_BYTES 8u

enum leak_class { NONE, REACHABLE, POSSIBLE, INDIRECT, DEFINITE }; /* analysis/mark.py: LeakClass */

/* Slots of one stride: row `base + i` is the block in slot i. */
struct run {
    uint64_t first_slot;
    uint64_t stride_bytes;
    uint64_t carved_count;
    uint64_t base;
};

/* The block columns, and the runs with blocks by address. */
struct heap {
    uint64_t run_count;
    const struct run *runs;
    uint64_t row_count;
    const uint64_t *addresses;
    const uint64_t *sizes;
    const uint8_t *live;
    uint64_t low; /* no slot is below `low`, or at or above `high` */
    uint64_t high;
};

/* Where edges go: each array has room for one entry per word that is scanned. */
struct found {
    uint32_t *targets;
    uint64_t *places; /* of roots only: where the word stands */
    int64_t *interior_at;
    uint64_t *interior_values;
    uint64_t count;
    uint64_t interior_count;
};

EXPORT uint32_t ftscan_version(void)
{
    return KERNEL_VERSION;
}

static const struct run *run_at(const struct heap *heap, uint64_t value, const struct run *guess)
{
    const struct run *end = heap->runs + heap->run_count;
    if (guess != NULL && value >= guess->first_slot && (guess + 1 == end || value < guess[1].first_slot))
        return guess;
    uint64_t low = 0, high = heap->run_count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (heap->runs[middle].first_slot <= value)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : &heap->runs[low - 1];
}

/* The row of the slot that holds `address`, or NO_EDGE. */
static uint32_t row_in(const struct heap *heap, const struct run *run, uint64_t address)
{
    if (address < run->first_slot || run->stride_bytes == 0)
        return NO_EDGE;
    uint64_t slot = (address - run->first_slot) / run->stride_bytes;
    if (slot >= run->carved_count || run->base >= heap->row_count || slot >= heap->row_count - run->base)
        return NO_EDGE;
    return (uint32_t)(run->base + slot);
}

/* graph.Builder.edge_to */
static uint32_t edge_to(const struct heap *heap, uint64_t value, const struct run **guess)
{
    const struct run *run = run_at(heap, value, *guess);
    if (run == NULL)
        return NO_EDGE;
    *guess = run;
    uint32_t row = row_in(heap, run, value);
    if (row == NO_EDGE || !heap->live[row])
        return NO_EDGE;
    uint64_t address = heap->addresses[row];
    if (value == address)
        return 2 * row;
    return value > address && value - address < heap->sizes[row] ? 2 * row + INTERIOR : NO_EDGE;
}

/* graph.Builder.add_heads and add_rows: the words read at `start`, in slots of `run`. `counts` and `heads` have an
 * entry for each row. `edges_before`: how many edges the graph has already. */
EXPORT void ftscan_edges(const struct heap *heap, const struct run *run, uint64_t start, const uint64_t *words,
                         uint64_t word_count, uint64_t edges_before, uint32_t *counts, uint64_t *heads,
                         struct found *found)
{
    const struct run *guess = NULL;
    uint64_t span = heap->high - heap->low, slot_end = start;
    uint32_t row = NO_EDGE;
    int takes_words = 0;
    found->count = found->interior_count = 0;
    for (uint64_t index = 0; index < word_count; index++) {
        uint64_t at = start + index * WORD_BYTES;
        if (at >= slot_end) { /* on to the next slot */
            row = row_in(heap, run, at);
            if (row == NO_EDGE)
                return;
            slot_end = run->first_slot + (row - run->base + 1) * run->stride_bytes;
            takes_words = heap->live[row] && heap->sizes[row] >= WORD_BYTES;
            uint64_t head = (heap->addresses[row] - start) / WORD_BYTES;
            if (takes_words && heap->addresses[row] >= start && head < word_count)
                heads[row] = words[head];
            if (!takes_words) {
                index += (slot_end - at - 1) / WORD_BYTES;
                continue;
            }
        }
        if (words[index] - heap->low >= span)
            continue;
        uint64_t address = heap->addresses[row];
        if (at < address || at - address > heap->sizes[row] - WORD_BYTES)
            continue;
        uint32_t edge = edge_to(heap, words[index], &guess);
        if (edge == NO_EDGE)
            continue;
        if (edge & INTERIOR) {
            found->interior_at[found->interior_count] = (int64_t)(edges_before + found->count);
            found->interior_values[found->interior_count++] = words[index];
        }
        found->targets[found->count++] = edge;
        counts[row]++;
    }
}

/* graph.Builder.scan_roots, for one range: words read at `start`. `roots_before`: how many root edges there are. */
EXPORT void ftscan_roots(const struct heap *heap, uint64_t start, const uint64_t *words, uint64_t word_count,
                         uint64_t roots_before, struct found *found)
{
    const struct run *guess = NULL;
    uint64_t span = heap->high - heap->low;
    found->count = found->interior_count = 0;
    for (uint64_t index = 0; index < word_count; index++) {
        if (words[index] - heap->low >= span)
            continue;
        uint32_t edge = edge_to(heap, words[index], &guess);
        if (edge == NO_EDGE)
            continue;
        uint64_t head = start + index * WORD_BYTES - WORD_BYTES; /* roots.names_thread_table */
        int is_table = index > 0 && index + 1 < word_count && words[index - 1] == head && words[index + 1] == head;
        if (is_table) {
            edge &= ~INTERIOR;
        } else if (edge & INTERIOR) {
            found->interior_at[found->interior_count] = -1 - (int64_t)(roots_before + found->count);
            found->interior_values[found->interior_count++] = words[index];
        }
        found->places[found->count] = start + index * WORD_BYTES;
        found->targets[found->count++] = edge;
    }
}

/* The graph's edges: those of row r are targets[starts[r]] .. targets[starts[r + 1]]. `stack` has row_count entries. */
struct graph {
    uint64_t row_count;
    const uint64_t *starts;
    uint64_t target_count;
    const uint32_t *targets;
    uint8_t *classes;
    uint32_t *stack;
};

static uint64_t edges_end(const struct graph *graph, uint32_t row)
{
    uint64_t end = graph->starts[row + 1];
    return end < graph->target_count ? end : graph->target_count;
}

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

/* Rows of one class and one key: the allocation trace, or without one the size. */
struct groups {
    uint64_t count;
    uint32_t *first;   /* its lowest row; each array has room for as many groups as there are rows */
    uint32_t *members; /* how many rows */
    uint64_t *bytes;
    uint32_t *of_row; /* one more than the row's group, 0 for none */
    uint32_t *table;  /* zero, `table_mask` + 1 entries, at least twice as many as rows */
    uint64_t table_mask;
};

static uint64_t key_of(const uint32_t *traces, const uint64_t *sizes, uint64_t row)
{
    return traces != NULL && traces[row] != 0 ? (uint64_t)1 << 63 | traces[row] : sizes[row] & ~((uint64_t)1 << 63);
}

/* leaks._group: only rows of a class other than 0 count. `traces` may be NULL. Then `order` holds the rows, group
 * after group, ascending in each. */
EXPORT void ftscan_group(uint64_t row_count, const uint8_t *classes, const uint32_t *traces, const uint64_t *sizes,
                         struct groups *groups, uint32_t *order)
{
    groups->count = 0;
    for (uint64_t row = 0; row < row_count; row++) {
        if (classes[row] == NONE)
            continue;
        uint64_t key = key_of(traces, sizes, row);
        uint64_t at = (key * 8 + classes[row]) * UINT64_C(0x9E3779B97F4A7C15) >> 20;
        uint32_t group;
        for (;; at++) {
            group = groups->table[at & groups->table_mask];
            if (group == 0)
                break;
            uint32_t first = groups->first[group - 1];
            if (classes[first] == classes[row] && key_of(traces, sizes, first) == key)
                break;
        }
        if (group == 0) {
            group = groups->table[at & groups->table_mask] = (uint32_t)++groups->count;
            groups->first[group - 1] = (uint32_t)row;
        }
        groups->of_row[row] = group;
        groups->members[group - 1]++;
        groups->bytes[group - 1] += sizes[row];
    }
    uint64_t begin = 0;
    for (uint64_t group = 0; group < groups->count; group++) { /* the table now holds where each group goes on */
        groups->table[group] = (uint32_t)begin;
        begin += groups->members[group];
    }
    for (uint64_t row = 0; row < row_count; row++)
        if (groups->of_row[row] != 0)
            order[groups->table[groups->of_row[row] - 1]++] = (uint32_t)row;
}

#define HEADER_KEYS_MAX 8

/* How headers of one class look (ftheap/structs.py: Header). A key is a self word without its address and flags. */
struct header_form {
    uint64_t self_offset;
    uint64_t extent_offset;
    uint64_t address_shift;
    uint64_t size_shift;
    uint64_t size_mask;
    uint64_t next_shift;
    uint64_t next_mask;
    uint64_t next_granules; /* to the next header, in a run that is whole */
    uint64_t capacity_bytes;
    uint64_t key_mask; /* all bits but the flags */
    uint64_t key_count;
    uint64_t keys[HEADER_KEYS_MAX];
    uint8_t states[HEADER_KEYS_MAX];
    uint8_t no_key; /* the state of a header that does not prove itself */
};

static uint8_t state_of(const struct header_form *form, uint64_t word, uint64_t payload)
{
    if (form->address_shift > 0 && payload >> (64 - form->address_shift) != 0)
        return form->no_key;
    uint64_t key = (word & form->key_mask) - (payload << form->address_shift);
    for (uint64_t i = 0; i < form->key_count && i < HEADER_KEYS_MAX; i++)
        if (form->keys[i] == key)
            return form->states[i];
    return form->no_key;
}

/* RunReader.decode: columns of the `count` headers from `data` on, one each `stride_bytes`, of which `payload` is the
 * first one's. Returns how many say a size or a distance that does not fit; -1: they are not all in `data_bytes`. */
EXPORT int64_t ftscan_headers(const struct header_form *form, const uint8_t *data, uint64_t data_bytes,
                              uint64_t stride_bytes, uint64_t count, uint64_t payload, uint64_t *addresses,
                              uint64_t *sizes, uint8_t *states)
{
    uint64_t farthest = form->self_offset > form->extent_offset ? form->self_offset : form->extent_offset;
    if (data_bytes < farthest + WORD_BYTES || form->address_shift > 63 || form->size_shift > 63 ||
        form->next_shift > 63 || stride_bytes == 0 ||
        (count > 0 && count - 1 > (data_bytes - farthest - WORD_BYTES) / stride_bytes))
        return -1;
    int64_t odd = 0;
    for (uint64_t i = 0; i < count; i++, data += stride_bytes, payload += stride_bytes) {
        uint64_t word, extent;
        memcpy(&word, data + form->self_offset, sizeof word);
        memcpy(&extent, data + form->extent_offset, sizeof extent);
        addresses[i] = payload;
        sizes[i] = extent >> form->size_shift & form->size_mask;
        states[i] = state_of(form, word, payload);
        odd += sizes[i] > form->capacity_bytes || (extent >> form->next_shift & form->next_mask) != form->next_granules;
    }
    return odd;
}
