#include "heap/size_class.h"

#include "base/arithmetic.h"
#include "base/invariant.h"

/* Up to here a class for each granule; beyond, four classes for each doubling. */
#define FINE_MAX_BYTES 256
/* Runs are multiples of this, made longer until at most 1/32, or 1/8, is lost behind the last slot. Short ones are
 * given up sooner where a few blocks outlive their neighbours. SMALL ones are longer: where runs of many lengths come
 * and go, they leave gaps that fit none. */
#define TINY_RUN_BYTES UNIT_BYTES
#define SMALL_RUN_BYTES ((size_t)64 << 10)
#define TINY_WASTE_SHIFT 5
#define SMALL_WASTE_SHIFT 3
/* A batch moves about this much memory, in 2 to BATCH_MAX_COUNT blocks. */
#define BATCH_BYTES ((size_t)8 << 10)
/* A thread keeps at most about this much memory of a class, in BIN_MAX_COUNT blocks. Of a SMALL class that is what few
 * blocks have, and it is reached only where they come and go: by fourfold the bins save a fifth of the time. */
#define TINY_BIN_BYTES ((size_t)32 << 10)
#define SMALL_BIN_BYTES ((size_t)128 << 10)
/* The transfer stack of a class keeps about this much memory from its runs. */
#define TRANSFER_BYTES ((size_t)64 << 10)

struct size_class size_classes[CLASS_COUNT];
uint8_t bin_code_by_bytes[TINY_MAX_BYTES + 1];
uint8_t bin_code_by_granules[SMALL_MAX_BYTES / BLOCK_GRANULE_BYTES + 1];

static uint32_t next_nominal_bytes(uint32_t nominal_bytes)
{
    if (nominal_bytes < FINE_MAX_BYTES)
        return nominal_bytes + BLOCK_GRANULE_BYTES;
    return nominal_bytes + (1u << log2_floor(nominal_bytes)) / 4;
}

static uint8_t unit_count_for(uint32_t stride_bytes, size_t step_bytes, unsigned waste_shift)
{
    size_t run_bytes = step_bytes;
    while (run_bytes % stride_bytes > run_bytes >> waste_shift)
        run_bytes += step_bytes;
    return (uint8_t)(run_bytes / UNIT_BYTES);
}

/* SMALL slots begin at cache lines: copies between payloads of like offset in their lines are up to twice as fast, and
 * the header shares a line with the payload's first bytes. What that adds to the slots is the program's. */
static void fill_class(struct size_class *class, uint32_t nominal_bytes, uint32_t prefix_bytes)
{
    class->zone_type = nominal_bytes <= TINY_MAX_BYTES ? ZONE_TINY : ZONE_SMALL;
    class->stride_bytes = prefix_bytes + BLOCK_HEADER_BYTES + nominal_bytes;
    if (class->zone_type == ZONE_SMALL)
        class->stride_bytes = (uint32_t)round_up(class->stride_bytes, CACHE_LINE_BYTES);
    class->payload_bytes = class->stride_bytes - prefix_bytes - BLOCK_HEADER_BYTES;
    class->index_multiplier = (UINT64_C(1) << INDEX_SHIFT) / class->stride_bytes + 1;
    class->batch_count = (uint16_t)size_max(2, size_min(BATCH_MAX_COUNT, BATCH_BYTES / class->stride_bytes));
    size_t bin_bytes = class->zone_type == ZONE_TINY ? TINY_BIN_BYTES : SMALL_BIN_BYTES;
    size_t bin_count = size_min(BIN_MAX_COUNT, bin_bytes / class->stride_bytes);
    class->bin_count = (uint16_t)size_max(2u * class->batch_count, bin_count);
    size_t transfer_count = size_min(TRANSFER_MAX_COUNT, TRANSFER_BYTES / class->stride_bytes);
    class->transfer_count = (uint16_t)size_max(2u * class->batch_count, transfer_count);
    size_t run_step_bytes = class->zone_type == ZONE_TINY ? TINY_RUN_BYTES : SMALL_RUN_BYTES;
    unsigned waste_shift = class->zone_type == ZONE_TINY ? TINY_WASTE_SHIFT : SMALL_WASTE_SHIFT;
    class->unit_count = unit_count_for(class->stride_bytes, run_step_bytes, waste_shift);
}

void size_classes_fill(uint32_t prefix_bytes)
{
    uint32_t nominal_bytes = BLOCK_GRANULE_BYTES;
    unsigned granules = 0;
    for (unsigned index = 0; index < CLASS_COUNT; index++) {
        fill_class(&size_classes[index], nominal_bytes, prefix_bytes);
        size_t served_bytes = size_min(size_classes[index].payload_bytes, SMALL_MAX_BYTES);
        for (; granules <= served_bytes / BLOCK_GRANULE_BYTES; granules++)
            bin_code_by_granules[granules] = (uint8_t)(BIN_OF_CLASS(index) * BIN_CODE_FACTOR);
        nominal_bytes = next_nominal_bytes(nominal_bytes);
    }
    INVARIANT(granules == SMALL_MAX_BYTES / BLOCK_GRANULE_BYTES + 1);
    for (unsigned size = 0; size <= TINY_MAX_BYTES; size++)
        bin_code_by_bytes[size] = bin_code_by_granules[(size + BLOCK_GRANULE_BYTES - 1) / BLOCK_GRANULE_BYTES];
}
