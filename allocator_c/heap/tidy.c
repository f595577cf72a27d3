#include "heap/tidy.h"

#include <stdint.h>

#include "heap/cache.h"
#include "heap/central.h"
#include "heap/parked.h"
#include "heap/region.h"
#include "heap/slot_zone.h"
#include "platform/clock.h"

#define TIDY_MS 250

static uint64_t last_ms;

void tidy_when_due(void)
{
    uint64_t now = clock_coarse_ms();
    uint64_t last = __atomic_load_n(&last_ms, __ATOMIC_RELAXED);
    if (now - last < TIDY_MS
        || !__atomic_compare_exchange_n(&last_ms, &last, now, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        return;
    cache_give_back_idle();
    central_trim_idle();
    central_purge();
    if (!lock_acquire(&ftmalloc_heap.zones_lock))
        return;
    parked_clear_old(TIDY_MS);
    slot_zones_age();
    region_age(TIDY_MS);
    lock_release(&ftmalloc_heap.zones_lock);
}
