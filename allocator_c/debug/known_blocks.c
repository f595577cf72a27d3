#include "debug/known_blocks.h"

#include <stddef.h>

#include "base/arithmetic.h"
#include "heap/heap.h"
#include "platform/lock.h"
#include "platform/pages.h"

#define IGNORED_MAX 4096 /* power of two */
#define MARKED_MIN 4096

/* Open hash table; a block is known by its address and its size, so that another one in its place mostly is not. */
struct known_set {
    uint64_t *entries; /* 0: unused */
    size_t capacity;   /* power of two */
    size_t count;
};

static struct lock lock; /* guards both */
static struct known_set marked;
static uint64_t ignored_entries[IGNORED_MAX];
static struct known_set ignored = {.entries = ignored_entries, .capacity = IGNORED_MAX};

static uint64_t entry_of(const struct block *block)
{
    return (uintptr_t)block ^ block_size(block) << BLOCK_ADDRESS_BITS;
}

/* Where the entry is, or where it would be put; NULL when the table is full. */
static uint64_t *find(const struct known_set *set, uint64_t entry)
{
    size_t start = (size_t)(entry * UINT64_C(0x9e3779b97f4a7c15) >> 20);
    for (size_t i = 0; i < set->capacity; i++) {
        uint64_t *place = &set->entries[(start + i) & (set->capacity - 1)];
        if (*place == entry || *place == 0)
            return place;
    }
    return NULL;
}

static int has(const struct known_set *set, const struct block *block)
{
    const uint64_t *place = set->capacity == 0 ? NULL : find(set, entry_of(block));
    return place != NULL && *place != 0;
}

static int put(struct known_set *set, const struct block *block)
{
    uint64_t *place = set->count + 1 >= set->capacity ? NULL : find(set, entry_of(block));
    if (place == NULL)
        return 0;
    set->count += *place == 0;
    *place = entry_of(block);
    return 1;
}

static int count_block(const struct zone *zone, const struct block *block, void *context)
{
    (void)zone;
    *(size_t *)context += block_state_is_live(block_state(block));
    return 0;
}

static int mark_block(const struct zone *zone, const struct block *block, void *context)
{
    (void)zone;
    if (block_state_is_live(block_state(block)))
        put(context, block);
    return 0;
}

int known_mark(void)
{
    size_t live_count = 0;
    struct known_set next = {.capacity = MARKED_MIN};
    heap_visit_blocks(count_block, &live_count);
    while (next.capacity < live_count * 2)
        next.capacity *= 2;
    next.entries = pages_map(next.capacity * sizeof(*next.entries));
    if (next.entries == NULL)
        return 0;
    heap_visit_blocks(mark_block, &next);
    if (!lock_acquire(&lock)) {
        pages_unmap(next.entries, next.capacity * sizeof(*next.entries));
        return 0;
    }
    struct known_set former = marked;
    marked = next;
    lock_release(&lock);
    if (former.entries != NULL)
        pages_unmap(former.entries, former.capacity * sizeof(*former.entries));
    return 1;
}

int known_is_marked(const struct block *block)
{
    return has(&marked, block);
}

int known_ignore(const struct block *block)
{
    if (!lock_acquire(&lock))
        return 0;
    int done = put(&ignored, block);
    lock_release(&lock);
    return done;
}

int known_is_ignored(const struct block *block)
{
    return has(&ignored, block);
}

void known_after_fork(void)
{
    lock_reset(&lock);
}
