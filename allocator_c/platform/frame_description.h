/* The descriptions of .eh_frame, one for each function: where it lies, and the program that tells its frames. */
#ifndef FT_PLATFORM_FRAME_DESCRIPTION_H
#define FT_PLATFORM_FRAME_DESCRIPTION_H

#include <stdint.h>

#include "platform/frame_program.h"

/* An entry of .eh_frame, of whatever kind, as far as its first words tell. */
struct frame_entry {
    uint64_t length;         /* of what is behind this word; 0: the last entry */
    uint64_t common_distance; /* 0: it is a common part, not a description */
};

struct frame_entry frame_entry_read(const uint8_t *entry);
/* Returns 0 for what is not understood. The program's `offset` is left 0. */
int frame_description_read(const uint8_t *description, struct frame_program *program, uintptr_t *start,
                           uintptr_t *size_bytes);

#endif
