/* What a header can be believed that proves itself: its words may have been written over all the same. */
#ifndef FT_DEBUG_HEADER_H
#define FT_DEBUG_HEADER_H

#include <stddef.h>

#include "heap/place.h"

/* What a LARGE block was asked for, by its zone: its own header may be damaged. */
size_t large_request_bytes(const struct place *place);
/* 0 when a block of the place's slot can't have been asked for with that size. */
int size_is_plausible(const struct place *place, size_t size);
/* 0 when size or distance in the header of a live block can't be true. */
int header_is_plausible(const struct place *place);

#endif
