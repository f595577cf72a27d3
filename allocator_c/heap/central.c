#include "heap/central.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "base/invariant.h"
#include "heap/size_class.h"
#include "heap/slot_zone.h"
#include "platform/lock.h"
#include "platform/pages.h"

/* Fewer in a row than so many are not looked at as neighbours. */
#define NEIGHBOURS_MIN 4

FT_SELDOM struct centrals ftmalloc_centrals;

void central_start(void)
{
    void **transfer = ftmalloc_centrals.transfers;
    for (unsigned size_class = 0; size_class < CLASS_COUNT; size_class++) {
        ftmalloc_centrals.of_class[size_class].transfer = transfer;
        transfer += size_classes[size_class].transfer_count;
    }
    INVARIANT(transfer <= ftmalloc_centrals.transfers + TRANSFER_TOTAL_MAX);
}

static void **end_of_transfer(unsigned size_class)
{
    return ftmalloc_centrals.of_class[size_class].transfer + size_classes[size_class].transfer_count;
}

static void list_run(struct central *central, struct run *run)
{
    run->listed = 1;
    run->previous = NULL;
    run->next = central->runs;
    if (run->next != NULL)
        run->next->previous = run;
    central->runs = run;
}

static void unlist_run(struct central *central, struct run *run)
{
    run->listed = 0;
    if (run->next != NULL)
        run->next->previous = run->previous;
    if (run->previous != NULL)
        run->previous->next = run->next;
    else
        central->runs = run->next;
}

/* These three fill downwards from `end`, so that the lowest address is used first: see central_take. */
static unsigned take_freed(struct run *run, void **end, unsigned count)
{
    uint64_t *bits = run_free_bits(run);
    char *first_payload = run_slot(run, 0) + ftmalloc_heap.prefix_bytes + BLOCK_HEADER_BYTES;
    size_t stride_bytes = run->stride_bytes;
    void **last = end - size_min(count, run->free_count);
    void **next = end;
    for (unsigned word = 0; next > last && word < RUN_SLOTS_MAX / 64; word++) {
        uint64_t free = bits[word];
        char *payload = first_payload + word * 64 * stride_bytes;
        for (; free != 0 && next > last; free &= free - 1)
            *--next = payload + (size_t)__builtin_ctzll(free) * stride_bytes;
        bits[word] = free;
    }
    run->free_count = (uint16_t)(run->free_count - (end - next));
    return (unsigned)(end - next);
}

/* Headers first, then the count that makes them visible to a walker. */
static unsigned carve(struct run *run, void **end, unsigned count)
{
    count = (unsigned)size_min(count, (size_t)(run->slot_count - run->carved_count));
    char *slot = run_slot(run, run->carved_count);
    size_t stride_bytes = run->stride_bytes, prefix_bytes = ftmalloc_heap.prefix_bytes;
    uint64_t extent = block_extent(run->clean ? 0 : 1, stride_bytes);
    for (unsigned i = 0; i < count; i++, slot += stride_bytes) {
        struct block *block = (struct block *)(slot + prefix_bytes);
        block_clear_prefix(block, prefix_bytes);
        block->extent = extent;
        block->self = block_self(block, BLOCK_FRESH);
        *--end = block_payload(block);
    }
    FT_STORE_ORDER();
    run->carved_count = (uint16_t)(run->carved_count + count);
    return count;
}

static unsigned take_from_runs(struct central *central, unsigned size_class, void **end, unsigned count, int fresh)
{
    unsigned taken = 0;
    while (taken < count) {
        struct run *run = central->runs;
        if (run == NULL) {
            /* A request that is met in part is met: a new run is made only for a thread that has nothing. */
            run = taken == 0 ? run_begin(size_class) : NULL;
            if (run == NULL)
                break;
            list_run(central, run);
        }
        if (fresh)
            taken += carve(run, end - taken, count - taken);
        taken += take_freed(run, end - taken, count - taken);
        taken += carve(run, end - taken, count - taken);
        if (run->free_count == 0 && run->carved_count == run->slot_count)
            unlist_run(central, run);
    }
    return taken;
}

int central_take(unsigned size_class, void **into, unsigned count, int fresh)
{
    struct central *central = &ftmalloc_centrals.of_class[size_class];
    if (!lock_acquire(&central->lock))
        return -1;
    central->moved = 1;
    unsigned taken = (unsigned)size_min(count, central->transfer_count);
    central->transfer_count -= taken;
    memcpy(into, central->transfer + central->transfer_count, taken * sizeof *into);
    if (taken == 0) {
        taken = take_from_runs(central, size_class, into + count, count, fresh);
        if (taken < count)
            memmove(into, into + count - taken, taken * sizeof *into);
    }
    lock_release(&central->lock);
    return (int)taken;
}

/* What has become of the run by the blocks that came back. */
static void settle_run(struct central *central, struct run *run)
{
    if (!run->listed)
        list_run(central, run);
    /* The last run of a class stays: the next request would only make it again. */
    if (run->free_count == run->carved_count && (central->runs != run || run->next != NULL)) {
        unlist_run(central, run);
        run_end(run);
    }
}

/* Sets the bits of free slots. Returns how many were set already: where two threads free a block at the same instant,
 * both may have cached it, and what comes twice counts once. */
static unsigned give_word(uint64_t *word, uint64_t given)
{
    uint64_t twice = *word & given;
    *word |= given;
    return FT_LIKELY(twice == 0) ? 0 : (unsigned)__builtin_popcountll(twice);
}

/* 1: the payload is of a slot of the run. Not where its block came twice, and its run has gone in between. */
static int run_has(const struct run *run, unsigned size_class, const void *payload)
{
    return run->state == RUN_LEAD && run->size_class == size_class
           && (uintptr_t)payload - (uintptr_t)run_slot(run, 0) < (size_t)run->carved_count * run->stride_bytes;
}

/* How many payloads at the beginning stand `step` bytes apart, each from the one in front of it. */
static unsigned stretch_count(void **payloads, unsigned count, size_t step)
{
    unsigned found = 1;
    while (found < count && (uintptr_t)payloads[found] - (uintptr_t)payloads[found - 1] == step)
        found++;
    return found;
}

/* Sets the bits of so many slots from slot `first` on. Returns what give_word does. */
static unsigned give_range(uint64_t *bits, size_t first, size_t count)
{
    unsigned twice_count = 0;
    for (size_t end = first + count, next; first < end; first = next) {
        next = size_min(first / 64 * 64 + 64, end);
        twice_count += give_word(&bits[first / 64], ~UINT64_C(0) >> (64 - (next - first)) << first % 64);
    }
    return twice_count;
}

/* Neighbours at the beginning, upwards or downwards, are given back in one go. Returns how many they are; 0: none worth
 * it, which is found out at little cost, since scattered payloads come one by one. */
FT_INLINE unsigned give_neighbours(struct run *run, void **payloads, unsigned count)
{
    if (count < NEIGHBOURS_MIN)
        return 0;
    uintptr_t first = (uintptr_t)payloads[0];
    size_t step = (uintptr_t)payloads[1] - first;
    if ((step != run->stride_bytes && step != -(size_t)run->stride_bytes)
        || (uintptr_t)payloads[NEIGHBOURS_MIN - 1] - first != (NEIGHBOURS_MIN - 1) * step)
        return 0;
    size_t index = run_slot_index(run, first - (uintptr_t)run_slot(run, 0));
    int upwards = step == run->stride_bytes;
    size_t room = upwards ? run->carved_count - index : index + 1;
    unsigned given = stretch_count(payloads, (unsigned)size_min(count, room), step);
    unsigned twice_count = give_range(run_free_bits(run), upwards ? index : index + 1 - given, given);
    run->free_count = (uint16_t)(run->free_count + given - twice_count);
    return given;
}

/* As many payloads from the beginning on as belong to the run, in any order. Returns how many they are. */
static unsigned give_scattered(struct run *run, void **payloads, unsigned count)
{
    uint64_t index_multiplier = size_classes[run->size_class].index_multiplier;
    uint64_t *bits = run_free_bits(run);
    uintptr_t first_slot = (uintptr_t)run_slot(run, 0);
    size_t run_bytes = (size_t)run->carved_count * run->stride_bytes;
    unsigned given = 0, twice_count = 0;
    for (; given < count && (uintptr_t)payloads[given] - first_slot < run_bytes; given++) {
        size_t index = ((uintptr_t)payloads[given] - first_slot) * index_multiplier >> INDEX_SHIFT;
        uint64_t *word = &bits[index / 64], bit = UINT64_C(1) << index % 64;
        twice_count += (*word & bit) != 0;
        *word |= bit;
    }
    run->free_count = (uint16_t)(run->free_count + given - twice_count);
    return given;
}

/* Blocks come mostly in the order in which they were carved or against it, so many in turn belong to one run. */
static void give_to_runs(struct central *central, void **payloads, unsigned count)
{
    unsigned size_class = (unsigned)(central - ftmalloc_centrals.of_class);
    for (unsigned i = 0; i < count;) {
        struct run *run = run_of(payloads[i]);
        if (FT_UNLIKELY(!run_has(run, size_class, payloads[i]))) {
            i++;
            continue;
        }
        unsigned given = give_neighbours(run, payloads + i, count - i);
        i += given != 0 ? given : give_scattered(run, payloads + i, count - i);
        settle_run(central, run);
    }
}

int central_give(unsigned size_class, void **payloads, unsigned count)
{
    struct central *central = &ftmalloc_centrals.of_class[size_class];
    if (!lock_acquire(&central->lock))
        return 0;
    central->moved = 1;
    unsigned room = size_classes[size_class].transfer_count - central->transfer_count;
    unsigned moved = (unsigned)size_min(count, room);
    memcpy(central->transfer + central->transfer_count, payloads, moved * sizeof *payloads);
    central->transfer_count += moved;
    give_to_runs(central, payloads + moved, count - moved);
    lock_release(&central->lock);
    return 1;
}

int central_give_to_runs(unsigned size_class, void **payloads, unsigned count, uint32_t *given_count)
{
    struct central *central = &ftmalloc_centrals.of_class[size_class];
    if (!lock_acquire(&central->lock))
        return 0;
    give_to_runs(central, payloads, count);
    if (given_count != NULL)
        *given_count += count;
    lock_release(&central->lock);
    return 1;
}

/* Also the last run goes where it is wholly free. Needs the class's lock. */
static void give_up_idle(struct central *central)
{
    give_to_runs(central, central->transfer, central->transfer_count);
    central->transfer_count = 0;
    struct run *only = central->runs;
    if (only != NULL && only->free_count == only->carved_count) {
        unlist_run(central, only);
        run_end(only);
    }
}

static int has_idle(struct central *central)
{
    return __atomic_load_n(&central->transfer_count, __ATOMIC_RELAXED) != 0
           || __atomic_load_n(&central->runs, __ATOMIC_RELAXED) != NULL;
}

void central_trim_idle(void)
{
    for (unsigned size_class = 0; size_class < CLASS_COUNT; size_class++) {
        struct central *central = &ftmalloc_centrals.of_class[size_class];
        if (!has_idle(central) || !lock_acquire(&central->lock))
            continue;
        if (!central->moved)
            give_up_idle(central);
        central->moved = 0;
        lock_release(&central->lock);
    }
}

void central_trim(void)
{
    for (unsigned size_class = 0; size_class < CLASS_COUNT; size_class++) {
        struct central *central = &ftmalloc_centrals.of_class[size_class];
        if (!lock_acquire(&central->lock))
            continue;
        give_up_idle(central);
        lock_release(&central->lock);
    }
}

/* Neighbours share pages. So their locks are held until a stack that is in use ends the stretch of empty ones. */
void central_purge(void)
{
    unsigned first = 0;
    for (unsigned size_class = 0; size_class <= CLASS_COUNT; size_class++) {
        struct central *central = &ftmalloc_centrals.of_class[size_class];
        int is_locked = size_class < CLASS_COUNT && lock_acquire(&central->lock);
        if (is_locked && central->transfer_count == 0)
            continue;
        if (is_locked)
            lock_release(&central->lock);
        if (first < size_class)
            pages_purge_within(ftmalloc_centrals.of_class[first].transfer, end_of_transfer(size_class - 1));
        for (; first < size_class; first++)
            lock_release(&ftmalloc_centrals.of_class[first].lock);
        first = size_class + 1;
    }
}

void central_for_each_lock(void (*visit)(struct lock *lock))
{
    for (unsigned size_class = 0; size_class < CLASS_COUNT; size_class++)
        visit(&ftmalloc_centrals.of_class[size_class].lock);
}
