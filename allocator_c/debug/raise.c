#include "debug/raise.h"

#include <stddef.h>

#include "debug/options.h"
#include "platform/backtrace.h"
#include "platform/process.h"
#include "platform/thread.h"
#include "report/report.h"

static fault_handler program_handler;

fault_handler raise_set_handler(fault_handler handler)
{
    return __atomic_exchange_n(&program_handler, handler, __ATOMIC_ACQ_REL);
}

/* Returns 1 when the program's handler was told. */
static int tell(struct fault *fault, const void *caller, int always)
{
    fault_handler handler = __atomic_load_n(&program_handler, __ATOMIC_ACQUIRE);
    if (fault->stack.frame_count == 0) {
        fault->stack.thread_id = thread_id();
        fault->stack.frame_count
            = (uint32_t)backtrace_capture(caller, fault->stack.frames, NULL, FAULT_FRAMES_MAX);
    }
    if (handler == NULL)
        report_fault(fault, caller, always);
    else
        handler(fault);
    return handler != NULL;
}

void raise_fault(struct fault *fault, const void *caller)
{
    int aborts = option_value(OPTION_ERROR_ABORT) != 0;
    if (!tell(fault, caller, aborts) && aborts)
        process_abort();
}

void raise_trapped_fault(struct fault *fault, const void *caller)
{
    tell(fault, caller, 1);
}
