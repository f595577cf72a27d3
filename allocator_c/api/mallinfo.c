#include <limits.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/attributes.h"
#include "base/text.h"
#include "debug/entry.h"
#include "heap/heap.h"
#include "platform/output.h"

struct totals {
    const struct zone *zone; /* the one visited last */
    size_t mapped_bytes;
    size_t live_bytes;
    size_t free_count;
    size_t large_count;
    size_t large_bytes;
};

static int add_block(const struct zone *zone, const struct block *block, void *context)
{
    struct totals *totals = context;
    if (zone != totals->zone) {
        totals->zone = zone;
        totals->mapped_bytes += zone->size_bytes;
        if (zone->type == ZONE_LARGE) {
            totals->large_count++;
            totals->large_bytes += zone->size_bytes;
        }
    }
    if (block_state_is_live(block_state(block)))
        totals->live_bytes += block_size(block);
    else
        totals->free_count++;
    return 0;
}

static struct totals count_heap(void)
{
    struct totals totals = {.zone = NULL};
    debug_start();
    if (heap_ensure_ready())
        heap_visit_blocks(add_block, &totals);
    return totals;
}

FT_EXPORT struct mallinfo2 mallinfo2(void)
{
    struct totals totals = count_heap();
    return (struct mallinfo2){.arena = totals.mapped_bytes - totals.large_bytes,
                              .ordblks = totals.free_count,
                              .hblks = totals.large_count,
                              .hblkhd = totals.large_bytes,
                              .uordblks = totals.live_bytes,
                              .fordblks = totals.mapped_bytes - totals.live_bytes};
}

static int as_int(size_t number)
{
    return number > INT_MAX ? INT_MAX : (int)number;
}

/* The old form: what does not fit an int is cut off at its greatest value. */
FT_EXPORT struct mallinfo mallinfo(void)
{
    struct mallinfo2 wide = mallinfo2();
    return (struct mallinfo){.arena = as_int(wide.arena),
                             .ordblks = as_int(wide.ordblks),
                             .hblks = as_int(wide.hblks),
                             .hblkhd = as_int(wide.hblkhd),
                             .uordblks = as_int(wide.uordblks),
                             .fordblks = as_int(wide.fordblks)};
}

FT_EXPORT void malloc_stats(void)
{
    char storage[256];
    struct text text = text_in(storage, sizeof(storage));
    struct totals totals = count_heap();
    text_add(&text, "ftmalloc: zones of ");
    text_add_unsigned(&text, totals.mapped_bytes);
    text_add(&text, " bytes, ");
    text_add_unsigned(&text, totals.live_bytes);
    text_add(&text, " bytes in use; of these ");
    text_add_count(&text, totals.large_count, "LARGE zone");
    text_add(&text, " of ");
    text_add_unsigned(&text, totals.large_bytes);
    text_add(&text, " bytes\n");
    output_write_error(text.start, text.length);
}
