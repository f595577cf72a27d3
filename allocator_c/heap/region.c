#include "heap/region.h"

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "heap/budget.h"
#include "heap/chunk.h"
#include "heap/span_bins.h"
#include "platform/clock.h"
#include "platform/pages.h"

/* Freed pages wait for reuse: so many of them (16 MiB at most), or in proportion to those in use where that is more.
 * While a large heap is given up, few calls give most of it back: what lies between has become one span by then. */
#define DIRTY_PAGES_MIN 256
#define DIRTY_SHARE 2
#define DIRTY_PAGES_MAX 4096

/* A page of books tells of so many pages, if they are of the usual size. */
#define BOOKS_PAGES_MIN 1024

/* Dirty spans serve first: their pages cost no page fault. */
static struct span_bins clean_bins;
static struct span_bins dirty_bins;
static struct region *spare_region;
static int spare_is_old; /* 1: it was unused at the last region_age already */
static size_t dirty_pages;
static size_t used_pages;
static struct budget dirty_budget = {DIRTY_PAGES_MIN, DIRTY_PAGES_MIN, DIRTY_PAGES_MAX, 0};

/* Regions are aligned to their size. */
static struct region *region_of(const void *address)
{
    return (struct region *)round_down((uintptr_t)address, REGION_BYTES);
}

static struct free_span *free_spans_of(struct region *region)
{
    return (struct free_span *)&region->spans[region->page_count];
}

static struct free_span *free_span_of(struct span *span)
{
    struct region *region = region_of(span);
    return &free_spans_of(region)[span - region->spans];
}

static struct span *span_of(struct free_span *free)
{
    struct region *region = region_of(free);
    return &region->spans[free - free_spans_of(region)];
}

static char *span_address(struct region *region, struct span *span)
{
    return (char *)region + (size_t)(span - region->spans) * region->page_bytes;
}

static struct span *span_at(struct region *region, const void *address)
{
    return &region->spans[(size_t)((const char *)address - (char *)region) / region->page_bytes];
}

static struct span_bins *bins_of(const struct span *span)
{
    return span->kind == SPAN_DIRTY ? &dirty_bins : &clean_bins;
}

/* The first entry is written last: a walker that steps by `pages` meets the old cut or the new one. */
static void cut_span(struct span *span, size_t page_count, enum span_kind kind)
{
    struct span *last = span + page_count - 1;
    if (last != span) {
        last->kind = SPAN_INNER;
        last->pages = (uint16_t)page_count;
    }
    span->kind = (uint8_t)kind;
    FT_STORE_ORDER();
    span->pages = (uint16_t)page_count;
}

static void add_free_span(struct span *span, size_t page_count, enum span_kind kind, uint32_t freed_at)
{
    struct free_span *free = free_span_of(span);
    free->pages = (uint32_t)page_count;
    free->freed_at = freed_at;
    cut_span(span, page_count, kind);
    span_bins_add(bins_of(span), free);
    if (kind == SPAN_DIRTY)
        dirty_pages += page_count;
}

static void take_free_span(struct span *span)
{
    span_bins_remove(bins_of(span), free_span_of(span));
    if (span->kind == SPAN_DIRTY)
        dirty_pages -= span->pages;
}

/* Of a free neighbour that is joined to a span freed now. The longest part says since when all of it waits: what comes
 * and goes at the edge of a long span does not keep the rest from being given back. */
static size_t join(struct span *neighbour, size_t *longest, uint32_t *freed_at)
{
    size_t page_count = neighbour->pages;
    if (neighbour->kind == SPAN_DIRTY && page_count > *longest) {
        *longest = page_count;
        *freed_at = free_span_of(neighbour)->freed_at;
    }
    take_free_span(neighbour);
    return page_count;
}

/* Joins neighbours of the same kind, so that clean pages stay known as zero. */
static void free_span(struct region *region, struct span *span, size_t page_count, enum span_kind kind)
{
    uint32_t freed_at = (uint32_t)clock_coarse_ms() | 1;
    size_t longest = page_count;
    struct span *after = span + page_count;
    if (after < region->spans + region->page_count && after->kind == kind) {
        page_count += join(after, &longest, &freed_at);
        after->kind = SPAN_INNER;
    }
    if (span > region->spans + region->first_page) {
        struct span *last_before = span - 1;
        struct span *before = span - last_before->pages;
        if (before->kind == kind) {
            page_count += join(before, &longest, &freed_at);
            add_free_span(before, page_count, kind, freed_at);
            span->kind = SPAN_INNER;
            return;
        }
    }
    add_free_span(span, page_count, kind, freed_at);
}

static struct region *make_region(void)
{
    uint64_t chunk_index;
    struct region *region = chunk_map_new(REGION_BYTES, REGION_BYTES, CHUNK_REGION, &chunk_index);
    if (region != NULL && heap_huge_pages == HUGE_PAGES_ALL)
        pages_prefer_huge((char *)region + GRANULE_BYTES, REGION_BYTES - GRANULE_BYTES);
    if (region == NULL)
        return NULL;
    region->page_bytes = ftmalloc_heap.page_bytes;
    region->page_count = (uint32_t)(REGION_BYTES / region->page_bytes);
    size_t books_bytes = sizeof *region + region->page_count * (sizeof(struct span) + sizeof(struct free_span));
    region->first_page = (uint32_t)(round_up(books_bytes, region->page_bytes) / region->page_bytes);
    region->chunk_index = chunk_index;
    add_free_span(&region->spans[region->first_page], region->page_count - region->first_page, SPAN_CLEAN, 0);
    FT_STORE_ORDER();
    region->magic = REGION_MAGIC ^ (uintptr_t)region;
    return region;
}

static void give_back_region(struct region *region)
{
    for (size_t page = region->first_page; page < region->page_count; page += region->spans[page].pages)
        take_free_span(&region->spans[page]);
    chunk_forget(region->chunk_index);
    pages_unmap(region, REGION_BYTES);
}

/* A region without zones is given back whole, but for one that waits for the next peak. */
static void drop_region_if_unused(struct region *region)
{
    if (region->used_pages != 0)
        return;
    if (spare_region == NULL || spare_region == region || spare_region->used_pages != 0) {
        spare_region = region;
        spare_is_old = 0;
        return;
    }
    give_back_region(region);
}

static struct span *find_span(const struct span_bins *bins, size_t page_count)
{
    struct free_span *free = span_bins_find(bins, page_count);
    return free == NULL ? NULL : span_of(free);
}

/* The first pages of a free span are going to be used, the rest stays free. */
static void take_first_pages(struct region *region, struct span *span, size_t page_count)
{
    enum span_kind kind = (enum span_kind)span->kind;
    size_t rest = span->pages - page_count;
    take_free_span(span);
    if (rest != 0)
        add_free_span(span + page_count, rest, kind, free_span_of(span)->freed_at);
    region->used_pages += page_count;
    used_pages += page_count;
}

char *region_allocate(size_t page_count, int *is_zero)
{
    struct span *span = find_span(&dirty_bins, page_count);
    if (span == NULL)
        span = find_span(&clean_bins, page_count);
    if (span == NULL && make_region() != NULL)
        span = find_span(&clean_bins, page_count);
    if (span == NULL)
        return NULL;
    struct region *region = region_of(span);
    *is_zero = span->kind == SPAN_CLEAN;
    take_first_pages(region, span, page_count);
    cut_span(span, page_count, SPAN_ZONE);
    if (*is_zero)
        budget_took_fresh(&dirty_budget, page_count);
    return span_address(region, span);
}

static void purge_span(struct span *span)
{
    struct region *region = region_of(span);
    size_t page_count = span->pages;
    pages_purge(span_address(region, span), page_count * region->page_bytes);
    take_free_span(span);
    free_span(region, span, page_count, SPAN_CLEAN);
}

/* Gives back spans freed `age_ms` ago or earlier, until so many dirty pages are left. The longest go first: short ones
 * cost as many calls, and may become longer until the next time. */
static void purge_spans(uint64_t age_ms, size_t kept_pages)
{
    uint32_t now = (uint32_t)clock_coarse_ms() | 1;
    for (unsigned bin = SPAN_BIN_COUNT; bin-- > 0;) {
        struct free_span *next;
        for (struct free_span *free = dirty_bins.first[bin]; free != NULL && dirty_pages > kept_pages; free = next) {
            next = free->next;
            if (now - free->freed_at >= age_ms)
                purge_span(span_of(free));
        }
    }
}

static size_t purge_down_to(size_t kept_pages)
{
    size_t dirty_before = dirty_pages;
    purge_spans(0, kept_pages);
    return dirty_before - dirty_pages;
}

static void purge_when_due(void)
{
    size_t limit = size_max(dirty_budget.limit, DIRTY_SHARE * used_pages);
    if (dirty_pages > limit)
        budget_gave_back(&dirty_budget, purge_down_to(limit / 4 * 3));
}

void region_release(char *address, size_t page_count, enum span_kind kind)
{
    struct region *region = region_of(address);
    free_span(region, span_at(region, address), page_count, kind);
    region->used_pages -= page_count;
    used_pages -= page_count;
    drop_region_if_unused(region);
    purge_when_due();
}

void region_prefetch(const void *address)
{
    struct region *region = region_of(address);
    __builtin_prefetch(span_at(region, address), 1);
}

void region_prefetch_neighbours(const void *address)
{
    struct span *span = span_at(region_of(address), address);
    __builtin_prefetch(free_span_of(span), 1);
    __builtin_prefetch(free_span_of(span + span->pages), 1);
    __builtin_prefetch(free_span_of(span - (span - 1)->pages), 1);
}

int region_grow(char *address, size_t page_count, size_t new_page_count)
{
    struct region *region = region_of(address);
    struct span *span = span_at(region, address);
    struct span *after = span + page_count;
    size_t needed = new_page_count - page_count;
    if (after >= region->spans + region->page_count || (after->kind != SPAN_CLEAN && after->kind != SPAN_DIRTY)
        || after->pages < needed)
        return 0;
    take_first_pages(region, after, needed);
    cut_span(span, new_page_count, SPAN_ZONE);
    after->kind = SPAN_INNER;
    return 1;
}

void region_shrink(char *address, size_t page_count, size_t new_page_count)
{
    struct region *region = region_of(address);
    struct span *span = span_at(region, address);
    /* The tail is a span of its own before the zone ends in front of it: no walker, and no neighbour, meets a gap. */
    cut_span(span + new_page_count, page_count - new_page_count, SPAN_INNER);
    cut_span(span, new_page_count, SPAN_ZONE);
    free_span(region, span + new_page_count, page_count - new_page_count, SPAN_DIRTY);
    region->used_pages -= page_count - new_page_count;
    used_pages -= page_count - new_page_count;
    purge_when_due();
}

size_t region_used_pages(void)
{
    return used_pages;
}

/* Long clean spans are what is left of a peak: the books of their pages have no use until the next one. */
static void purge_books(void)
{
    for (unsigned bin = span_bin_of(BOOKS_PAGES_MIN); bin < SPAN_BIN_COUNT; bin++) {
        for (struct free_span *free = clean_bins.first[bin]; free != NULL; free = free->next) {
            if (free->freed_at == 0)
                continue;
            struct span *span = span_of(free);
            pages_purge_within(span + 1, span + free->pages - 1);
            pages_purge_within(free + 1, free + free->pages);
            free->freed_at = 0;
        }
    }
}

/* A few pages go whatever their age: what they cost to come back is nothing beside the time between two calls. */
void region_age(uint64_t age_ms)
{
    purge_spans(dirty_pages <= DIRTY_PAGES_MIN ? 0 : age_ms, 0);
    purge_books();
    if (spare_region == NULL || spare_region->used_pages != 0)
        return;
    if (spare_is_old) {
        give_back_region(spare_region);
        spare_region = NULL;
    }
    spare_is_old = 1;
}

size_t region_purge(void)
{
    return purge_down_to(0);
}

char *region_zone_at(const void *address)
{
    struct region *region = region_of(address);
    struct span *first = &region->spans[region->first_page], *span = span_at(region, address);
    while (span >= first && span->kind == SPAN_INNER)
        span--;
    return span >= first && span->kind == SPAN_ZONE ? span_address(region, span) : NULL;
}

size_t region_zone_pages(const void *address)
{
    return region_zone_at(address) == address ? span_at(region_of(address), address)->pages : 0;
}
