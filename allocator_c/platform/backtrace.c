#include "platform/backtrace.h"

#include <unwind.h>

#include "base/attributes.h"

#define OWN_FRAMES_MAX 16 /* between the unwinder and the program's call */

struct capture {
    uintptr_t caller;
    uint64_t *frames;
    size_t limit;
    size_t count;   /* 0: `caller` was not met yet */
    size_t skipped;
};

static _Unwind_Reason_Code take_frame(struct _Unwind_Context *context, void *argument)
{
    struct capture *capture = argument;
    uintptr_t address = _Unwind_GetIP(context);
    if (address == 0)
        return _URC_END_OF_STACK;
    if (capture->count == 0 && address != capture->caller)
        return ++capture->skipped < OWN_FRAMES_MAX ? _URC_NO_REASON : _URC_END_OF_STACK;
    capture->frames[capture->count++] = address;
    return capture->count < capture->limit ? _URC_NO_REASON : _URC_END_OF_STACK;
}

size_t backtrace_capture(const void *caller, uint64_t *frames, size_t limit)
{
    struct capture capture = {.caller = (uintptr_t)caller, .frames = frames, .limit = limit};
    _Unwind_Backtrace(take_frame, &capture);
    if (capture.count == 0)
        frames[capture.count++] = (uintptr_t)caller;
    return capture.count;
}
