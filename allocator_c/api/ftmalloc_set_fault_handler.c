#include <stdint.h>

#include "base/attributes.h"
#include "debug/raise.h"
#include "include/ftmalloc.h"

static ftmalloc_fault_handler program_handler;

static void pass_on(const struct fault *fault)
{
    ftmalloc_fault_handler handler = __atomic_load_n(&program_handler, __ATOMIC_ACQUIRE);
    if (handler == NULL)
        return;
    handler(&(struct ftmalloc_fault){.kind = fault_name(fault->kind),
                                     .address = (const void *)(uintptr_t)fault->address,
                                     .block = (void *)(uintptr_t)fault->block_address,
                                     .size_bytes = fault->block_bytes,
                                     .evidence = fault->evidence});
}

FT_EXPORT ftmalloc_fault_handler ftmalloc_set_fault_handler(ftmalloc_fault_handler handler)
{
    ftmalloc_fault_handler former = __atomic_exchange_n(&program_handler, handler, __ATOMIC_ACQ_REL);
    raise_set_handler(handler == NULL ? NULL : pass_on);
    return former;
}
