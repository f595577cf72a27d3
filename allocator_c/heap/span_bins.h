/* Free spans of regions (region.h), by length: a bin for each length up to 64 pages, then four for each doubling. */
#ifndef FT_HEAP_SPAN_BINS_H
#define FT_HEAP_SPAN_BINS_H

#include <stddef.h>
#include <stdint.h>

#define SPAN_BIN_COUNT 128

/* Holds for the first page of a free span. */
struct free_span {
    struct free_span *next; /* list of free spans of like length; NULL at the end */
    struct free_span *previous;
    uint32_t pages;
    uint32_t freed_at; /* low bits of monotonic milliseconds; of a clean span 0: nothing was written in its books */
};

/* Of one kind. */
struct span_bins {
    struct free_span *first[SPAN_BIN_COUNT];
    uint64_t in_use[SPAN_BIN_COUNT / 64];
};

/* The bin of a length. */
unsigned span_bin_of(size_t page_count);
/* By the length that the span says. */
void span_bins_add(struct span_bins *bins, struct free_span *free);
void span_bins_remove(struct span_bins *bins, struct free_span *free);
/* A span of at least so many pages, of nearly the least ones that would do; it stays in its bin. NULL: none. */
struct free_span *span_bins_find(const struct span_bins *bins, size_t page_count);

#endif
