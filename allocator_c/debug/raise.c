#include "debug/raise.h"

#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "debug/options.h"
#include "platform/process.h"
#include "report/report.h"

static fault_handler program_handler;

fault_handler raise_set_handler(fault_handler handler)
{
    return __atomic_exchange_n(&program_handler, handler, __ATOMIC_ACQ_REL);
}

int raise_has_handler(void)
{
    return __atomic_load_n(&program_handler, __ATOMIC_ACQUIRE) != NULL;
}

/* Return address of call_handler's calls. A stack with it is that of a handler at work, which no flag could tell of,
 * since handlers may leave by longjmp. (Of a static program without unwind tables the stack can't tell it.) */
static const void *handler_site;

FT_NOINLINE static void call_handler(fault_handler handler, const struct fault *fault)
{
    __atomic_store_n(&handler_site, __builtin_return_address(0), __ATOMIC_RELAXED);
    handler(fault);
    __asm__ volatile(""); /* so that the compiler leaves this frame on the stack */
}

static int is_in_handler(const struct fault_stack *stack)
{
    uintptr_t site = (uintptr_t)__atomic_load_n(&handler_site, __ATOMIC_RELAXED);
    for (uint32_t i = 0; site != 0 && i < stack->frame_count; i++)
        if (stack->frames[i] == site)
            return 1;
    return 0;
}

/* Returns 1 when the program's handler was told. */
FT_NOINLINE static int tell(struct fault *fault, const void *site, const void *caller, int always)
{
    fault_handler handler = __atomic_load_n(&program_handler, __ATOMIC_ACQUIRE);
    if (fault->stack.frame_count == 0) {
        fault_stack_capture(&fault->stack, caller);
        fault->stack.frames[0] -= fault->is_trapped;
    }
    if (handler != NULL && is_in_handler(&fault->stack)) {
        report_second_fault(fault);
        return 0;
    }
    if (handler == NULL)
        report_fault(fault, site, always);
    else
        call_handler(handler, fault);
    return handler != NULL;
}

void raise_fault_at(struct fault *fault, const void *site, const void *caller)
{
    int aborts = option_value(OPTION_ERROR_ABORT) != 0;
    if (!tell(fault, site, caller, aborts) && aborts)
        process_abort();
}

void raise_fault(struct fault *fault, const void *caller)
{
    raise_fault_at(fault, caller, caller);
}

void raise_trapped_fault(struct fault *fault, uintptr_t instruction)
{
    fault->is_trapped = 1;
    const void *frame = (const void *)(instruction + 1); /* by which an interrupted one is known */
    tell(fault, frame, frame, 1);
}
