/* Known bytes in a slot, written and looked for: the canaries between the end of a live block's payload and the end of
 * its slot (FtMallocRedzone), and the fill of a freed block (FtMallocScribble, FtMallocQuarantine). */
#ifndef FT_DEBUG_REDZONE_H
#define FT_DEBUG_REDZONE_H

#include <stddef.h>

#include "debug/fill.h"
#include "heap/place.h"

/* A byte that is not what it was filled with. */
struct damage {
    size_t offset;      /* of the first such byte, from the payload */
    size_t count;       /* from the first to the last such byte; 0: all is well */
    unsigned char seen[8]; /* the first ones */
};

/* From the end of the size that the header says, to the end of the slot. */
void redzone_fill(const struct place *place);
struct damage redzone_check(const struct place *place);
/* The payload of a block that is freed, to the end of its slot: also what the slot's next owner finds is filled. */
void freed_fill(const struct place *place);
struct damage freed_check(const struct place *place);

#endif
