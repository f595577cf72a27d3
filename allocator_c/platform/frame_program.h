/* The little programs of .eh_frame: run up to an address, they tell where the caller's registers are. */
#ifndef FT_PLATFORM_FRAME_PROGRAM_H
#define FT_PLATFORM_FRAME_PROGRAM_H

#include <stdint.h>

#include "platform/unwind.h"

struct frame_program {
    const uint8_t *common_start; /* instructions for every function of the kind */
    const uint8_t *common_end;
    const uint8_t *start;        /* instructions of this function */
    const uint8_t *end;
    uint64_t offset;             /* of the address, from the function's start */
    uint64_t code_align;
    int64_t data_align;
    uint8_t encoding;
    uint8_t is_signal;
    uint8_t has_augmentation;
};

struct unwind_rule frame_program_run(const struct frame_program *program);

#endif
