#define _GNU_SOURCE
#include "platform/unwind_table.h"

#include <dlfcn.h>
#include <stddef.h>

#include "platform/dwarf.h"
#include "platform/frame_description.h"
#include "platform/frame_index.h"

#if defined(__x86_64__) && defined(DLFO_STRUCT_HAS_EH_DBASE)

#define HEADER_VERSION 1

/* .eh_frame_hdr: a table of (function start, description), both relative to the header, sorted. */
static const uint8_t *find_description(const uint8_t *header, uintptr_t address)
{
    if (header[0] != HEADER_VERSION || header[1] != (DWARF_PC_RELATIVE | DWARF_SDATA4)
        || header[2] != DWARF_UDATA4 || header[3] != (DWARF_DATA_RELATIVE | DWARF_SDATA4))
        return NULL;
    uint64_t count = dwarf_word32(header + 8);
    const uint8_t *table = header + 12;
    int64_t wanted = (int64_t)(address - (uintptr_t)header);
    uint64_t low = 0;
    uint64_t high = count;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (dwarf_signed32(table + middle * 8) <= wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : header + dwarf_signed32(table + (low - 1) * 8 + 4);
}

/* Of the function at the address; NULL: none is known. */
static const uint8_t *description_at(uintptr_t address)
{
    struct dl_find_object object;
    /* glibc 2.35 and later; takes no lock. */
    if (_dl_find_object((void *)address, &object) == 0 && object.dlfo_eh_frame != NULL)
        return find_description(object.dlfo_eh_frame, address);
    return frame_index_find(address);
}

struct unwind_rule unwind_table_rule(uintptr_t address)
{
    struct unwind_rule rule = {.base = UNWIND_UNKNOWN};
    struct frame_program program;
    uintptr_t start, size_bytes;
    const uint8_t *description = description_at(address);
    if (description == NULL || !frame_description_read(description, &program, &start, &size_bytes) || address < start
        || address - start >= size_bytes)
        return rule;
    if (program.is_signal) {
        rule.base = UNWIND_SIGNAL;
        return rule;
    }
    program.offset = address - start;
    return frame_program_run(&program);
}

#else

struct unwind_rule unwind_table_rule(uintptr_t address)
{
    (void)address;
    return (struct unwind_rule){.base = UNWIND_UNKNOWN};
}

#endif
