#define _GNU_SOURCE
#include "platform/unwind_table.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "platform/frame_program.h"

#define HEADER_VERSION 1
#define ENCODED_ABSOLUTE 0x00
#define ENCODED_SDATA4 0x0b
#define ENCODED_UDATA4 0x03
#define ENCODED_PC_RELATIVE 0x10
#define ENCODED_DATA_RELATIVE 0x30

#if defined(__x86_64__) && defined(DLFO_STRUCT_HAS_EH_DBASE)

static uint64_t read_word32(const uint8_t *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

static int64_t read_signed32(const uint8_t *at)
{
    return (int32_t)read_word32(at);
}

/* .eh_frame_hdr: a table of (function start, description), both relative to the header, sorted. */
static const uint8_t *find_description(const uint8_t *header, uintptr_t address)
{
    if (header[0] != HEADER_VERSION || header[1] != (ENCODED_PC_RELATIVE | ENCODED_SDATA4)
        || header[2] != ENCODED_UDATA4 || header[3] != (ENCODED_DATA_RELATIVE | ENCODED_SDATA4))
        return NULL;
    uint64_t count = read_word32(header + 8);
    const uint8_t *table = header + 12;
    int64_t wanted = (int64_t)(address - (uintptr_t)header);
    uint64_t low = 0;
    uint64_t high = count;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (read_signed32(table + middle * 8) <= wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : header + read_signed32(table + (low - 1) * 8 + 4);
}

/* The pointer encodings of function ranges that compilers use: 4 bytes relative to their own place, or absolute. */
static int read_range(const uint8_t *at, uint8_t encoding, uintptr_t *start, uintptr_t *length)
{
    if (encoding == (ENCODED_PC_RELATIVE | ENCODED_SDATA4)) {
        *start = (uintptr_t)at + (uintptr_t)read_signed32(at);
        *length = read_word32(at + 4);
        return 8;
    }
    if (encoding == ENCODED_ABSOLUTE) {
        memcpy(start, at, sizeof(*start));
        memcpy(length, at + sizeof(*start), sizeof(*length));
        return 16;
    }
    return 0;
}

/* The common part: reads what the augmentation string announces. Returns 0 for what is not understood. */
static int read_common(const uint8_t *common, struct frame_program *program)
{
    uint64_t length = read_word32(common);
    const uint8_t *at = common + 9; /* behind length, identity and version */
    program->common_end = common + 4 + length;
    program->encoding = ENCODED_ABSOLUTE;
    program->is_signal = 0;
    const char *augmentation = (const char *)at;
    at += strlen(augmentation) + 1;
    program->code_align = frame_read_unsigned(&at);
    program->data_align = frame_read_signed(&at);
    if (frame_read_unsigned(&at) != FRAME_REGISTER_RETURN)
        return 0;
    if (augmentation[0] == '\0') {
        program->common_start = at;
        return 1;
    }
    if (augmentation[0] != 'z')
        return 0;
    uint64_t data_length = frame_read_unsigned(&at);
    program->common_start = at + data_length;
    for (const char *c = augmentation + 1; *c != '\0'; c++) {
        if (*c == 'R')
            program->encoding = *at++;
        else if (*c == 'L')
            at++;
        else if (*c == 'S')
            program->is_signal = 1;
        else if (*c == 'P' && (*at & 0x0f) == ENCODED_SDATA4)
            at += 5;
        else if (*c == 'P' && (*at & 0x0f) == ENCODED_ABSOLUTE)
            at += 9;
        else
            return 0;
    }
    program->has_augmentation = 1;
    return 1;
}

static int read_description(const uint8_t *description, uintptr_t address, struct frame_program *program)
{
    uint64_t length = read_word32(description);
    uint64_t common_distance = read_word32(description + 4);
    if (length == 0 || length == UINT32_MAX || common_distance == 0)
        return 0;
    *program = (struct frame_program){.end = description + 4 + length};
    if (!read_common(description + 4 - common_distance, program))
        return 0;
    uintptr_t start;
    uintptr_t range;
    const uint8_t *at = description + 8;
    int size = read_range(at, program->encoding, &start, &range);
    if (size == 0 || address < start || address - start >= range)
        return 0;
    at += size;
    if (program->has_augmentation) {
        uint64_t skip = frame_read_unsigned(&at);
        at += skip;
    }
    program->start = at;
    program->offset = address - start;
    return 1;
}

struct unwind_rule unwind_table_rule(uintptr_t address)
{
    struct unwind_rule rule = {.base = UNWIND_UNKNOWN};
    struct dl_find_object object;
    struct frame_program program;
    /* glibc 2.35 and later; takes no lock. */
    if (_dl_find_object((void *)address, &object) != 0 || object.dlfo_eh_frame == NULL)
        return rule;
    const uint8_t *description = find_description(object.dlfo_eh_frame, address);
    if (description == NULL || !read_description(description, address, &program))
        return rule;
    if (program.is_signal) {
        rule.base = UNWIND_SIGNAL;
        return rule;
    }
    return frame_program_run(&program);
}

#else

struct unwind_rule unwind_table_rule(uintptr_t address)
{
    (void)address;
    return (struct unwind_rule){.base = UNWIND_UNKNOWN};
}

#endif
