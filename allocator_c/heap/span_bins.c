#include "heap/span_bins.h"

#include "base/arithmetic.h"

/* Each length up to this has a bin of its own. */
#define EXACT_PAGES 64
/* In a bin of mixed lengths this many spans are tried before the next bin serves. */
#define FIT_TRIES 32

unsigned span_bin_of(size_t page_count)
{
    if (page_count <= EXACT_PAGES)
        return (unsigned)page_count - 1;
    unsigned log = log2_floor(page_count);
    return EXACT_PAGES + (log - log2_floor(EXACT_PAGES)) * 4 + (unsigned)((page_count >> (log - 2)) & 3);
}

void span_bins_add(struct span_bins *bins, struct free_span *free)
{
    unsigned bin = span_bin_of(free->pages);
    free->previous = NULL;
    free->next = bins->first[bin];
    if (free->next != NULL)
        free->next->previous = free;
    bins->first[bin] = free;
    bins->in_use[bin / 64] |= UINT64_C(1) << bin % 64;
}

void span_bins_remove(struct span_bins *bins, struct free_span *free)
{
    unsigned bin = span_bin_of(free->pages);
    if (free->next != NULL)
        free->next->previous = free->previous;
    if (free->previous != NULL)
        free->previous->next = free->next;
    else
        bins->first[bin] = free->next;
    if (bins->first[bin] == NULL)
        bins->in_use[bin / 64] &= ~(UINT64_C(1) << bin % 64);
}

static struct free_span *best_of(struct free_span *free, size_t page_count)
{
    struct free_span *best = NULL;
    for (unsigned tries = 0; free != NULL && tries < FIT_TRIES; free = free->next, tries++)
        if (free->pages >= page_count && (best == NULL || free->pages < best->pages))
            best = free;
    return best;
}

struct free_span *span_bins_find(const struct span_bins *bins, size_t page_count)
{
    for (unsigned bin = span_bin_of(page_count); bin < SPAN_BIN_COUNT; bin++) {
        uint64_t later_bins = bins->in_use[bin / 64] >> bin % 64;
        if (later_bins == 0) {
            bin |= 63;
            continue;
        }
        bin += (unsigned)__builtin_ctzll(later_bins);
        struct free_span *free = best_of(bins->first[bin], page_count);
        if (free != NULL)
            return free;
    }
    return NULL;
}
