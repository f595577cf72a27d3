/* Who points at whom: analysis/graph.py. */
#include "graph.h"
#include "pointers.h"

#define NO_EDGE UINT32_MAX

/* The block columns, and the runs with blocks by address. */
struct heap {
    uint64_t run_count;
    const struct run *runs;
    const uint64_t *firsts; /* their first slots */
    uint64_t row_count;
    const uint64_t *addresses;
    const uint64_t *sizes;
    const uint8_t *live;
    uint64_t low; /* no slot is below `low`, or at or above `high` */
    uint64_t high;
    uint32_t *index; /* how many runs begin at or below low + (i << index_shift), `index_count` and one more entries */
    uint64_t index_count;
    uint64_t index_shift;
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

/* Fills the index. */
EXPORT void ftscan_index(struct heap *heap)
{
    uint32_t run = 0;
    for (uint64_t place = 0; place < heap->index_count; place++) {
        uint64_t start = heap->low + (place << heap->index_shift);
        while (run < heap->run_count && heap->firsts[run] <= start)
            run++;
        heap->index[place] = run;
    }
    heap->index[heap->index_count] = (uint32_t)heap->run_count;
}

static const struct run *run_at(const struct heap *heap, uint64_t value, const struct run *guess)
{
    const struct run *end = heap->runs + heap->run_count;
    if (guess != NULL && value >= guess->first_slot && (guess + 1 == end || value < guess[1].first_slot))
        return guess;
    if (value < heap->low || value >= heap->high)
        return NULL;
    uint64_t place = (value - heap->low) >> heap->index_shift;
    uint64_t low = place < heap->index_count ? heap->index[place] : 0;
    uint64_t high = place < heap->index_count ? heap->index[place + 1] : heap->run_count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (heap->firsts[middle] <= value)
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

/* A stretch of memory, read at `start`. */
struct stretch {
    uint64_t start;
    const uint64_t *words;
    uint64_t count;
};

/* What the scan of one stretch works on. `counts` and `heads` have an entry for each row; `edges_before`: how many
 * edges the graph has already. */
struct scan {
    const struct heap *heap;
    const struct run *guess;
    uint64_t edges_before;
    uint32_t *counts;
    uint64_t *heads;
    struct found *found;
};

static void take_word(struct scan *scan, uint32_t row, uint64_t value)
{
    struct found *found = scan->found;
    uint32_t edge = edge_to(scan->heap, value, &scan->guess);
    if (edge == NO_EDGE)
        return;
    if (edge & INTERIOR) {
        found->interior_at[found->interior_count] = (int64_t)(scan->edges_before + found->count);
        found->interior_values[found->interior_count++] = value;
    }
    found->targets[found->count++] = edge;
    scan->counts[row]++;
}

/* words[begin] .. words[end], which are of the block in `row`; most lead nowhere, so four are asked at once. */
static void scan_words(struct scan *scan, uint32_t row, const uint64_t *words, uint64_t begin, uint64_t end)
{
    uint64_t low = scan->heap->low, span = scan->heap->high - low, index = begin;
    for (; index + 4 <= end; index += 4) {
        const uint64_t *at = words + index;
        if (!((at[0] - low < span) | (at[1] - low < span) | (at[2] - low < span) | (at[3] - low < span)))
            continue;
        for (int i = 0; i < 4; i++)
            if (at[i] - low < span)
                take_word(scan, row, at[i]);
    }
    for (; index < end; index++)
        if (words[index] - low < span)
            take_word(scan, row, words[index]);
}

/* The payload of `row`, whose slot is [slot, slot_end), as far as the stretch holds it. */
static void scan_row(struct scan *scan, const struct stretch *stretch, uint32_t row, uint64_t slot, uint64_t slot_end)
{
    uint64_t address = scan->heap->addresses[row], size = scan->heap->sizes[row];
    uint64_t head = (address - stretch->start) / WORD_BYTES;
    if (address >= stretch->start && head < stretch->count)
        scan->heads[row] = stretch->words[head];
    uint64_t begin = address > slot ? address : slot;
    if (begin < stretch->start)
        begin = stretch->start;
    uint64_t stop = slot_end; /* the last word begins in front of it */
    if (address < slot_end && size - WORD_BYTES < slot_end - address)
        stop = address + size - WORD_BYTES + 1;
    uint64_t stretch_end = stretch->start + stretch->count * WORD_BYTES;
    if (stop > stretch_end)
        stop = stretch_end;
    if (begin >= stop)
        return;
    uint64_t first = (begin - stretch->start + WORD_BYTES - 1) / WORD_BYTES;
    uint64_t end = (stop - 1 - stretch->start) / WORD_BYTES + 1;
    if (first < end)
        scan_words(scan, row, stretch->words, first, end);
}

/* graph.Builder.add_heads and add_rows, for each of `runs`. */
EXPORT void ftscan_edges(const struct heap *heap, const struct run *runs, uint64_t run_count, uint64_t start,
                         const uint64_t *words, uint64_t word_count, uint64_t edges_before, uint32_t *counts,
                         uint64_t *heads, struct found *found)
{
    struct stretch stretch = {start, words, word_count};
    struct scan scan = {heap, NULL, edges_before, counts, heads, found};
    uint64_t stretch_end = start + word_count * WORD_BYTES;
    found->count = found->interior_count = 0;
    for (const struct run *run = runs; run < runs + run_count; run++) {
        if (run->stride_bytes == 0)
            continue;
        uint64_t slot = start > run->first_slot ? (start - run->first_slot) / run->stride_bytes : 0;
        for (; slot < run->carved_count; slot++) {
            uint64_t at = run->first_slot + slot * run->stride_bytes;
            uint32_t row = at < stretch_end ? row_in(heap, run, at) : NO_EDGE;
            if (row == NO_EDGE)
                break;
            if (heap->live[row] && heap->sizes[row] >= WORD_BYTES)
                scan_row(&scan, &stretch, row, at, at + run->stride_bytes);
        }
    }
}

/* The edges of rows `first_row` on, from pointers that were taken when the rows were read, with `low` as the heap's
 * lowest byte: graph.Builder.scan_run, without another look at the memory. */
EXPORT void ftscan_resolve(const struct heap *heap, uint64_t first_row, uint64_t row_count,
                           const struct pointers *pointers, uint64_t low, uint64_t edges_before, uint32_t *counts,
                           uint64_t *heads, struct found *found)
{
    struct scan scan = {heap, NULL, edges_before, counts, heads, found};
    uint64_t at = 0, odd = 0;
    found->count = found->interior_count = 0;
    if (first_row > heap->row_count || row_count > heap->row_count - first_row)
        return;
    for (uint64_t row = 0; row < row_count; row++) {
        for (uint64_t end = at + pointers->counts[row]; at < end && at < pointers->count; at++) {
            uint64_t granule = pointers->granules[at];
            if (granule != ODD)
                take_word(&scan, (uint32_t)(first_row + row), low + granule * GRANULE_BYTES);
            else if (odd < pointers->odd_count)
                take_word(&scan, (uint32_t)(first_row + row), pointers->odd[odd++]);
        }
    }
    memcpy(heads + first_row, pointers->heads, row_count * sizeof *heads);
}

/* graph.Builder.finish: where the edges of each row begin. */
EXPORT void ftscan_starts(const uint32_t *counts, uint64_t row_count, uint64_t *starts)
{
    starts[0] = 0;
    for (uint64_t row = 0; row < row_count; row++)
        starts[row + 1] = starts[row] + counts[row];
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
