/* Heap sort: in place, since the C library's qsort may allocate. */
#ifndef FT_BASE_SORT_H
#define FT_BASE_SORT_H

#include <stddef.h>

/* `item_bytes`: a multiple of 8, as the alignment of the items. `comes_before` is a strict order. */
void sort(void *items, size_t count, size_t item_bytes, int (*comes_before)(const void *left, const void *right));

#endif
