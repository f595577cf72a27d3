/* Expands layout.def into the table that debuggers read, see include/ftmalloc_debug_info.h. */
#include <stddef.h>

#include "base/attributes.h"
#include "base/fills.h"
#include "debug/depot.h"
#include "debug/thread_buffer.h"
#include "debug/history.h"
#include "debug/options.h"
#include "debug/quarantine.h"
#include "debug/trace.h"
#include "heap/cache.h"
#include "heap/central.h"
#include "heap/class_map.h"
#include "heap/heap.h"
#include "heap/region.h"
#include "heap/zone.h"
#include "include/ftmalloc.h"
#include "include/ftmalloc_debug_info.h"
#include "report/fault.h"
#include "report/report.h"

#define BYTE_ORDER_MARK 0x01020304
/* No system has smaller pages. */
#define SMALLEST_PAGE_BYTES 4096

/* First expansion: how many rows there are. */
#define STRUCT(...) +1
#define FIELD(...) +1
#define BITS(...) +1
#define ENUM(...) +1
#define CONST(...) +1
#define ROOT(...) +1
#define FAULT(...) +1
enum { ROW_COUNT = 0
#include "inspect/layout.def"
};
#undef STRUCT
#undef FIELD
#undef BITS
#undef ENUM
#undef CONST
#undef ROOT
#undef FAULT

/* Second expansion: the rows. */
#define MEMBER_BYTES(type, member) sizeof(((type *)0)->member)
#define STRUCT(name, type) {#name, FTMALLOC_ROW_STRUCT, sizeof(type), 0},
#define FIELD(name, type, member)                                                                                    \
    {#name "." #member, FTMALLOC_ROW_FIELD, offsetof(type, member), MEMBER_BYTES(type, member)},
#define BITS(name, field, part, shift, width) {#name "." #field ":" #part, FTMALLOC_ROW_BITS, shift, width},
#define ENUM(name, value) {#name, FTMALLOC_ROW_ENUM, value, 0},
#define FAULT(identifier, name) {"fault_kind." name, FTMALLOC_ROW_ENUM, FAULT_##identifier, 0},
#define CONST(name, value) {#name, FTMALLOC_ROW_CONST, value, 0},
#define ROOT(name, object) {#name, FTMALLOC_ROW_ROOT, (uintptr_t)&(object), sizeof(object)},

struct debug_table {
    struct ftmalloc_debug_info info;
    struct ftmalloc_debug_row rows[ROW_COUNT];
};

FT_EXPORT struct debug_table ftmalloc_debug_info = {
    .info = {
        .magic = FTMALLOC_DEBUG_INFO_MAGIC,
        .self = (uintptr_t)&ftmalloc_debug_info,
        .format = FTMALLOC_DEBUG_INFO_FORMAT,
        .byte_order = BYTE_ORDER_MARK,
        .pointer_bytes = sizeof(void *),
        .header_bytes = offsetof(struct debug_table, rows),
        .row_bytes = sizeof(struct ftmalloc_debug_row),
        .row_count = ROW_COUNT,
        .version = FTMALLOC_VERSION,
    },
    .rows = {
#include "inspect/layout.def"
    },
};

/* A page that was written to is private to the process, and so in every core file; one that was not is left to the
 * library's file, which may be gone when the core is read. */
__attribute__((constructor(102))) static void own_every_page(void)
{
    volatile char *bytes = (volatile char *)&ftmalloc_debug_info;
    for (size_t offset = 0; offset < sizeof ftmalloc_debug_info; offset += SMALLEST_PAGE_BYTES)
        bytes[offset] = bytes[offset];
    bytes[sizeof ftmalloc_debug_info - 1] = bytes[sizeof ftmalloc_debug_info - 1];
}
