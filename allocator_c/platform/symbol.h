/* Which function an address belongs to, read from the module's file: also static functions, while it has symbols. */
#ifndef FT_PLATFORM_SYMBOL_H
#define FT_PLATFORM_SYMBOL_H

#include <stddef.h>
#include <stdint.h>

#include "platform/mapping.h"

struct symbol {
    char function[384];       /* as the linker knows it; empty: not known */
    uint64_t function_offset; /* of the address, from the function's start */
    uint64_t module_offset;   /* of the address, from the module's first byte as linked: what addr2line takes */
};

/* `mapping` must hold `address`. Returns 0 when it is of no ELF file that can be read. */
int symbol_find(const struct mapping *mapping, uintptr_t address, struct symbol *found);

#endif
