/* Canaries behind live blocks and the fill of freed ones: analysis/fills.py. */
#include "kernel.h"

/* `canary` and `freed` are bytes; `filled` has 1 for each state whose payload is filled. */
struct fills {
    uint64_t has_canary;
    uint8_t canary;
    uint8_t freed;
    uint8_t filled[STATE_COUNT];
};

/* Rows: the block columns, `has_canaries` NULL where nothing was recorded. */
struct filled_rows {
    uint64_t row_count;
    const uint64_t *addresses;
    const uint64_t *sizes;
    const uint8_t *states;
    const uint8_t *has_canaries;
};

static int is_filled(const uint8_t *data, uint64_t size_bytes, uint8_t fill)
{
    uint64_t pattern = fill * UINT64_C(0x0101010101010101), word;
    for (; size_bytes >= WORD_BYTES; size_bytes -= WORD_BYTES, data += WORD_BYTES) {
        memcpy(&word, data, sizeof word);
        if (word != pattern)
            return 0;
    }
    while (size_bytes-- > 0)
        if (*data++ != fill)
            return 0;
    return 1;
}

/* Whether the block of `row`, in the slot that begins at `slot` and has `stride` bytes, is as it should be. */
static int holds(const struct fills *fills, const struct filled_rows *rows, uint64_t row, uint64_t slot,
                 uint64_t stride, const uint8_t *data)
{
    uint8_t state = rows->states[row];
    int filled = state < STATE_COUNT && fills->filled[state];
    int guarded = state == LIVE && fills->has_canary && rows->has_canaries != NULL && rows->has_canaries[row];
    if (!filled && !guarded)
        return 1;
    uint64_t offset = rows->addresses[row] - slot, size = rows->sizes[row];
    if (offset > stride)
        return 1; /* what the reader gives always fits */
    if (size > stride - offset)
        size = stride - offset;
    if (filled)
        return is_filled(data + offset, size, fills->freed);
    return is_filled(data + offset + size, stride - offset - size, fills->canary);
}

/* fills.check_fills: rows of `runs`, whose slots were read at `start`, that are not as they should be: `found` has room
 * for `found_max`. Returns how many there are, at most that; -1: `data` does not hold the slots. */
EXPORT int64_t ftscan_fills(const struct fills *fills, const struct filled_rows *rows, const struct run *runs,
                            uint64_t run_count, uint64_t start, const uint8_t *data, uint64_t data_bytes,
                            uint64_t *found, uint64_t found_max)
{
    uint64_t count = 0;
    for (const struct run *run = runs; run < runs + run_count; run++) {
        if (run->carved_count == 0)
            continue;
        uint64_t offset = run->first_slot - start;
        if (run->stride_bytes == 0 || run->first_slot < start || offset > data_bytes ||
            run->carved_count > (data_bytes - offset) / run->stride_bytes || run->base > rows->row_count ||
            run->carved_count > rows->row_count - run->base)
            return -1;
        for (uint64_t slot = 0; slot < run->carved_count && count < found_max; slot++) {
            uint64_t at = slot * run->stride_bytes;
            if (!holds(fills, rows, run->base + slot, run->first_slot + at, run->stride_bytes, data + offset + at))
                found[count++] = run->base + slot;
        }
    }
    return (int64_t)count;
}
