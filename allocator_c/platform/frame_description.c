#include "platform/frame_description.h"

#include <stddef.h>
#include <string.h>

#include "platform/dwarf.h"

struct frame_entry frame_entry_read(const uint8_t *entry)
{
    struct frame_entry read = {.length = dwarf_word32(entry)};
    if (read.length == UINT32_MAX) /* the form with 64 bits, which nobody writes */
        read.length = 0;
    if (read.length != 0)
        read.common_distance = dwarf_word32(entry + 4);
    return read;
}

/* The pointer encodings of function ranges that compilers use: 4 bytes relative to their own place, or absolute. */
static int read_range(const uint8_t *at, uint8_t encoding, uintptr_t *start, uintptr_t *size_bytes)
{
    if (encoding == (DWARF_PC_RELATIVE | DWARF_SDATA4)) {
        *start = (uintptr_t)at + (uintptr_t)dwarf_signed32(at);
        *size_bytes = dwarf_word32(at + 4);
        return 8;
    }
    if (encoding == DWARF_ABSOLUTE) {
        memcpy(start, at, sizeof(*start));
        memcpy(size_bytes, at + sizeof(*start), sizeof(*size_bytes));
        return 16;
    }
    return 0;
}

/* The common part: reads what the augmentation string announces. Returns 0 for what is not understood. */
static int read_common(const uint8_t *common, struct frame_program *program)
{
    uint64_t length = dwarf_word32(common);
    const uint8_t *at = common + 9; /* behind length, identity and version */
    program->common_end = common + 4 + length;
    program->encoding = DWARF_ABSOLUTE;
    program->is_signal = 0;
    const char *augmentation = (const char *)at;
    at += strlen(augmentation) + 1;
    program->code_align = dwarf_read_unsigned(&at);
    program->data_align = dwarf_read_signed(&at);
    if (dwarf_read_unsigned(&at) != DWARF_REGISTER_RETURN)
        return 0;
    if (augmentation[0] == '\0') {
        program->common_start = at;
        return 1;
    }
    if (augmentation[0] != 'z')
        return 0;
    uint64_t data_length = dwarf_read_unsigned(&at);
    program->common_start = at + data_length;
    for (const char *c = augmentation + 1; *c != '\0'; c++) {
        if (*c == 'R')
            program->encoding = *at++;
        else if (*c == 'L')
            at++;
        else if (*c == 'S')
            program->is_signal = 1;
        else if (*c == 'P' && (*at & 0x0f) == DWARF_SDATA4)
            at += 5;
        else if (*c == 'P' && (*at & 0x0f) == DWARF_ABSOLUTE)
            at += 9;
        else
            return 0;
    }
    program->has_augmentation = 1;
    return 1;
}

int frame_description_read(const uint8_t *description, struct frame_program *program, uintptr_t *start,
                           uintptr_t *size_bytes)
{
    struct frame_entry entry = frame_entry_read(description);
    if (entry.length == 0 || entry.common_distance == 0)
        return 0;
    *program = (struct frame_program){.end = description + 4 + entry.length};
    if (!read_common(description + 4 - entry.common_distance, program))
        return 0;
    const uint8_t *at = description + 8;
    int range_bytes = read_range(at, program->encoding, start, size_bytes);
    if (range_bytes == 0)
        return 0;
    at += range_bytes;
    if (program->has_augmentation) {
        uint64_t skip = dwarf_read_unsigned(&at);
        at += skip;
    }
    program->start = at;
    return 1;
}
