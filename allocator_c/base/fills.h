/* What memory is filled with, each value once: exported by layout.def, and named so in reports. */
#ifndef FT_BASE_FILLS_H
#define FT_BASE_FILLS_H

#include <stdint.h>

#include "base/attributes.h"

#define REDZONE_FILL 0xfd   /* canaries: around a block, what is not its own */
#define FREED_FILL 0x55     /* of FtMallocScribble and FtMallocQuarantine, as macOS has it */
#define ALLOCATED_FILL 0xaa /* of FtMallocScribble, as macOS has it */

FT_INLINE uint64_t word_of(unsigned char byte)
{
    return UINT64_C(0x0101010101010101) * byte;
}

#endif
