/* malloc with free, new with delete, new[] with delete[]. */
#ifndef FT_DEBUG_MISMATCH_H
#define FT_DEBUG_MISMATCH_H

#include "debug/trace.h"
#include "heap/place.h"

/* Under FtMallocDebug: reports a block that goes by another family than it came by. FAMILY_ANY fits all. */
void mismatch_check(const struct place *place, enum trace_family family, const void *caller);
/* The same of a size and an alignment that the caller of a sized free or delete believes in; alignment 0: any. A block
 * of another family is left to the check above. */
void mismatch_check_size(const struct place *place, enum trace_family family, size_t size, size_t alignment,
                         const void *caller);

#endif
