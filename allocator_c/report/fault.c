#include "report/fault.h"

#include <stddef.h>

#include "platform/backtrace.h"
#include "platform/thread.h"

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

void fault_stack_capture(struct fault_stack *stack, const void *caller)
{
    stack->thread_id = thread_id();
    stack->frame_count = (uint32_t)backtrace_capture(caller, stack->frames, NULL, FAULT_FRAMES_MAX);
}
