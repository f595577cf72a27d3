/* The index that a fully static program lacks: linkers write one for the loader only. Made once, from the program's own
 * .eh_frame, whose place its file tells. */
#ifndef FT_PLATFORM_FRAME_INDEX_H
#define FT_PLATFORM_FRAME_INDEX_H

#include <stdint.h>

/* The description of the function that begins last in front of the address. NULL: there is none, the program is not
 * fully static, its file can't be read, or another thread is just making the index. No lock, no allocation. */
const uint8_t *frame_index_find(uintptr_t address);

#endif
