/* Size classes: steps of 16 bytes up to 256, then four for each doubling, so that at most a fifth of a slot is slack.
 * Classes 0..23 are TINY (up to 1 KiB), the others SMALL (up to 32 KiB). */
#ifndef FT_HEAP_SIZE_CLASS_H
#define FT_HEAP_SIZE_CLASS_H

#include "heap/class_map.h"
#include "heap/heap.h"

#define CACHE_LINE_BYTES 64

/* Division by multiplication, exact while offset * stride stays below 2^INDEX_SHIFT. */
#define INDEX_SHIFT 44

/* Blocks in a batch, and in the transfer stack of a class, at most. */
#define BATCH_MAX_COUNT 128
#define BIN_MAX_COUNT (16 * BATCH_MAX_COUNT)
#define TRANSFER_MAX_COUNT (16 * BATCH_MAX_COUNT)
/* In the stacks of all classes together; fewer where slots have a prefix. */
#define TRANSFER_TOTAL_MAX (88 * BATCH_MAX_COUNT)

struct size_class {
    uint64_t index_multiplier; /* slot index = offset * index_multiplier >> INDEX_SHIFT, for offsets in a run */
    uint32_t payload_bytes;    /* largest request */
    uint32_t stride_bytes;     /* prefix + header + payload */
    uint16_t batch_count;      /* blocks moved at once between a thread's cache and the class */
    uint16_t bin_count;        /* a bin of a thread's cache holds at most so many */
    uint16_t transfer_count;   /* room of the class's transfer stack */
    uint8_t unit_count;        /* units in a run */
    uint8_t zone_type;         /* ZONE_TINY or ZONE_SMALL */
};

extern FT_HIDDEN struct size_class size_classes[CLASS_COUNT];
/* By request, and by request in granules, rounded up: BIN_CODE_FACTOR times the class's bin, as in the class map. */
extern FT_HIDDEN uint8_t bin_code_by_bytes[TINY_MAX_BYTES + 1];
extern FT_HIDDEN uint8_t bin_code_by_granules[SMALL_MAX_BYTES / BLOCK_GRANULE_BYTES + 1];

/* Fills both tables; the prefix must be known. */
void size_classes_fill(uint32_t prefix_bytes);

/* 0 for more than SMALL_MAX_BYTES. */
FT_INLINE size_t bin_code_of(size_t size)
{
    if (FT_LIKELY(size <= TINY_MAX_BYTES))
        return bin_code_by_bytes[size];
    if (FT_LIKELY(size <= SMALL_MAX_BYTES))
        return bin_code_by_granules[(size + BLOCK_GRANULE_BYTES - 1) / BLOCK_GRANULE_BYTES];
    return 0;
}

/* The same where sizes of all kinds take turns: one branch less that is guessed wrongly. */
FT_INLINE size_t bin_code_of_any(size_t size)
{
    if (FT_UNLIKELY(size > SMALL_MAX_BYTES))
        return 0;
    return bin_code_by_granules[(size + BLOCK_GRANULE_BYTES - 1) / BLOCK_GRANULE_BYTES];
}

static inline unsigned size_class_of(size_t size)
{
    return (unsigned)(bin_code_of(size) / BIN_CODE_FACTOR) - BIN_OF_CLASS(0);
}

static inline unsigned run_slot_index(const struct run *run, size_t offset_in_run)
{
    return (unsigned)(offset_in_run * size_classes[run->size_class].index_multiplier >> INDEX_SHIFT);
}

#endif
