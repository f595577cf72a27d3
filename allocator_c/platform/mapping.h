/* What the kernel says of an address: the mapping that holds it. No allocation, no lock of the loader. */
#ifndef FT_PLATFORM_MAPPING_H
#define FT_PLATFORM_MAPPING_H

#include <stddef.h>
#include <stdint.h>

struct mapping {
    uintptr_t start;
    uintptr_t end;
    uint64_t file_offset;
    char access[5]; /* "rw-p" */
    char path[256]; /* "/usr/lib/…", "[stack]"; empty: anonymous; cut off when longer */
};

/* Returns 0 when no mapping holds `address`, or the kernel does not tell. */
int mapping_find(uintptr_t address, struct mapping *found);

#endif
