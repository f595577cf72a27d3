/* Reads .eh_frame: DWARF call frame information as compilers write it for x86-64. */
#ifndef FT_PLATFORM_UNWIND_TABLE_H
#define FT_PLATFORM_UNWIND_TABLE_H

#include "platform/unwind.h"

struct unwind_rule unwind_table_rule(uintptr_t address);

#endif
