/* Ordinary blocks: TINY or SMALL, at the start of their slot, with a header that is whole. What they are, their own
 * words tell; no zone is looked at. */
#ifndef FT_DEBUG_ORDINARY_H
#define FT_DEBUG_ORDINARY_H

#include <stddef.h>

#include "base/attributes.h"
#include "debug/fill.h"
#include "debug/trace.h"
#include "heap/class_map.h"
#include "heap/size_class.h"

/* The block's class; CLASS_COUNT: it is no ordinary one. Reads the header alone, which must be in a slot. */
FT_INLINE unsigned ordinary_class(const struct block *block)
{
    unsigned size_class = class_map_class(block_payload(block));
    if (!block_proves_itself(block) || size_class >= CLASS_COUNT
        || block_next_bytes(block) != size_classes[size_class].stride_bytes
        || block_size(block) > size_classes[size_class].payload_bytes)
        return CLASS_COUNT;
    return size_class;
}

/* Read as it was written: a load of the whole word would wait for the store of its half. */
FT_INLINE uint32_t ordinary_size(const struct block *block)
{
    return *(const block_low_half *)&block->extent;
}

/* NULL when no traces are kept. */
FT_INLINE struct block_trace *ordinary_trace(const struct block *block)
{
    return ftmalloc_heap.prefix_bytes == 0 ? NULL : trace_in_front(block);
}

FT_INLINE int ordinary_fill_is_whole(const struct block *block)
{
    return granules_hold(block_payload(block), ordinary_size(block), FREED_FILL);
}

FT_INLINE void ordinary_draw_canaries(const struct block *block, unsigned size_class)
{
    char *payload = block_payload(block);
    fill_up_to(payload + ordinary_size(block), payload + size_classes[size_class].payload_bytes, REDZONE_FILL);
}

FT_INLINE int ordinary_canaries_are_whole(const struct block *block, unsigned size_class)
{
    const char *payload = block_payload(block);
    return holds_up_to(payload + ordinary_size(block), payload + size_classes[size_class].payload_bytes, REDZONE_FILL);
}

#endif
