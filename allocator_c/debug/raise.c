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

void raise_fault(struct fault *fault, const void *caller)
{
    fault_handler handler = __atomic_load_n(&program_handler, __ATOMIC_ACQUIRE);
    int fatal = handler == NULL && option_value(OPTION_ERROR_ABORT) != 0;
    if (fault->stack.frame_count == 0) {
        fault->stack.thread_id = thread_id();
        fault->stack.frame_count
            = (uint32_t)backtrace_capture(caller, fault->stack.frames, NULL, FAULT_FRAMES_MAX);
    }
    if (handler == NULL)
        report_fault(fault, caller, fatal);
    else
        handler(fault);
    if (fatal)
        process_abort();
}
