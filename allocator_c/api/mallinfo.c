#include <limits.h>
#include <malloc.h>
#include <stdlib.h>

#include "api/heap_totals.h"
#include "base/attributes.h"
#include "base/text.h"
#include "platform/output.h"

/* As glibc counts: LARGE blocks are what it calls mapped, in hblkhd alone; all else is arena = uordblks + fordblks. */
FT_EXPORT struct mallinfo2 mallinfo2(void)
{
    struct heap_totals totals = heap_totals_count();
    const struct zone_totals *large = &totals.of_type[ZONE_LARGE];
    size_t arena_bytes = totals.sum.mapped_bytes - large->mapped_bytes;
    size_t live_bytes = totals.sum.live_bytes - large->live_bytes;
    return (struct mallinfo2){.arena = arena_bytes,
                              .ordblks = totals.sum.free_count,
                              .hblks = large->zone_count,
                              .hblkhd = large->mapped_bytes,
                              .uordblks = live_bytes,
                              .fordblks = arena_bytes - live_bytes};
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
    struct heap_totals totals = heap_totals_count();
    const struct zone_totals *large = &totals.of_type[ZONE_LARGE];
    text_add(&text, "ftmalloc: zones of ");
    text_add_unsigned(&text, totals.sum.mapped_bytes);
    text_add(&text, " bytes, ");
    text_add_unsigned(&text, totals.sum.live_bytes);
    text_add(&text, " bytes in use; of these ");
    text_add_count(&text, large->zone_count, "LARGE zone");
    text_add(&text, " of ");
    text_add_unsigned(&text, large->mapped_bytes);
    text_add(&text, " bytes\n");
    output_write_error(text.start, text.length);
}
