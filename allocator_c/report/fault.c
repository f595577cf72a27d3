#include "report/fault.h"

struct fault ftmalloc_last_fault;

const char *fault_name(enum fault_kind kind)
{
    static const char *const names[] = {
#define FAULT(identifier, name) name,
#include "report/faults.def"
#undef FAULT
    };
    return kind < FAULT_COUNT ? names[kind] : "unknown";
}
