#define _GNU_SOURCE
#include "platform/backtrace.h"

#include <ucontext.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "platform/mapping.h"
#include "platform/unwind.h"

#define OWN_FRAMES_MAX 16 /* between backtrace_capture and the program's call */

/* The stack's mapping as the kernel told it last; a thread's stack does not change, but coroutines have others. */
static FT_THREAD_LOCAL uintptr_t stack_start;
static FT_THREAD_LOCAL uintptr_t stack_end;

static int is_readable(uintptr_t address, struct mapping *mapping)
{
    return mapping_find(address, mapping) && mapping->access[0] == 'r';
}

uintptr_t backtrace_stack_end(uintptr_t address)
{
    if (FT_UNLIKELY(address < stack_start || address >= stack_end)) {
        struct mapping mapping;
        if (!is_readable(address, &mapping))
            return address;
        stack_start = mapping.start;
        stack_end = mapping.end;
    }
    return stack_end;
}

#if defined(__x86_64__)

#define FRAMES_WALKED_MAX (OWN_FRAMES_MAX + BACKTRACE_FRAMES_MAX)

struct frame {
    uintptr_t address; /* in the code, of the next instruction */
    uintptr_t sp;
    uintptr_t fp;
    uintptr_t slot;    /* where the address was read; 0: not from the stack */
    uintptr_t start;   /* of the readable stack */
    uintptr_t end;
};

/* Words are read between the stack pointer and the stack's end only. */
static int read_word(const struct frame *frame, uintptr_t at, uintptr_t *word)
{
    if (at < frame->sp || at < frame->start || at > frame->end - sizeof(*word) || at % sizeof(*word) != 0)
        return 0;
    *word = *(const uintptr_t *)at;
    return 1;
}

/* The stack that a signal interrupted: another one than the handler's, when that had one of its own. Where it is used
 * up, its pointer stands below it. */
static int enter_stack(struct frame *frame)
{
    static const uintptr_t distances[] = {0, 4096, (uintptr_t)64 << 10, (uintptr_t)1 << 20};
    struct mapping mapping;
    if (FT_LIKELY(frame->sp >= frame->start && frame->sp < frame->end))
        return 1; /* the same one: to read all mappings is dear where blocks are guarded */
    for (unsigned i = 0; i < sizeof(distances) / sizeof(*distances); i++) {
        if (!is_readable(frame->sp + distances[i], &mapping))
            continue;
        frame->start = mapping.start;
        frame->end = mapping.end;
        return 1;
    }
    return 0;
}

static int step_signal(struct frame *frame)
{
    const ucontext_t *context = (const ucontext_t *)frame->sp;
    if (frame->sp % 8 != 0 || frame->end - frame->sp < sizeof(*context))
        return 0;
    frame->address = (uintptr_t)context->uc_mcontext.gregs[REG_RIP] + 1;
    frame->sp = (uintptr_t)context->uc_mcontext.gregs[REG_RSP];
    frame->fp = (uintptr_t)context->uc_mcontext.gregs[REG_RBP];
    frame->slot = 0;
    return frame->sp >= 8 && enter_stack(frame);
}

static int is_code(uintptr_t address)
{
    struct mapping mapping;
    return mapping_find(address, &mapping) && mapping.access[2] == 'x';
}

/* Code without tables mostly keeps frame pointers; what looks like one must lead up the stack. Where there is no code,
 * the signal came at once behind a call. */
static struct unwind_rule guess_rule(const struct frame *frame)
{
    uintptr_t caller_fp;
    struct unwind_rule rule = {.base = UNWIND_END};
    if (frame->slot == 0 && !is_code(frame->address - 1))
        return (struct unwind_rule){.base = UNWIND_FROM_SP, .cfa_offset = 8};
    if (frame->fp > frame->sp && read_word(frame, frame->fp, &caller_fp) && caller_fp > frame->fp
        && caller_fp < frame->end)
        rule = (struct unwind_rule){.base = UNWIND_FROM_FP, .cfa_offset = 16, .fp_saved = 1, .fp_offset = -16};
    return rule;
}

/* To the caller. Returns 0 at the outermost frame, and where the way is lost. */
static int step(struct frame *frame)
{
    struct unwind_rule rule = unwind_rule_at(frame->address - 1);
    if (rule.base == UNWIND_SIGNAL)
        return step_signal(frame);
    if (rule.base == UNWIND_UNKNOWN)
        rule = guess_rule(frame);
    if (rule.base == UNWIND_END)
        return 0;
    uintptr_t base = rule.base == UNWIND_FROM_SP ? frame->sp : frame->fp;
    uintptr_t cfa = base + (uintptr_t)(intptr_t)rule.cfa_offset;
    if (cfa <= frame->sp || !read_word(frame, cfa - sizeof(cfa), &frame->address))
        return 0;
    if (rule.fp_saved && !read_word(frame, cfa + (uintptr_t)(intptr_t)rule.fp_offset, &frame->fp))
        return 0;
    frame->sp = cfa;
    frame->slot = cfa - sizeof(cfa);
    return frame->address > 1;
}

FT_NOINLINE size_t backtrace_capture(const void *caller, uint64_t *frames, uintptr_t *slots, size_t limit)
{
    struct frame frame = {.slot = 0};
    size_t count = 0;
    __asm__ volatile("leaq 0(%%rip), %0\n\tmovq %%rsp, %1\n\tmovq %%rbp, %2"
                     : "=r"(frame.address), "=r"(frame.sp), "=r"(frame.fp));
    frame.end = backtrace_stack_end(frame.sp);
    frame.start = size_min(stack_start, frame.sp);
    for (unsigned walked = 0; walked < FRAMES_WALKED_MAX && count < limit && step(&frame); walked++) {
        if (count == 0 && frame.address != (uintptr_t)caller) {
            if (walked >= OWN_FRAMES_MAX)
                break;
            continue;
        }
        if (slots != NULL)
            slots[count] = frame.slot;
        frames[count++] = frame.address;
    }
    if (count == 0) {
        if (slots != NULL)
            slots[0] = 0;
        frames[count++] = (uintptr_t)caller;
    }
    return count;
}

#else

#include <unwind.h>

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

size_t backtrace_capture(const void *caller, uint64_t *frames, uintptr_t *slots, size_t limit)
{
    struct capture capture = {.caller = (uintptr_t)caller, .frames = frames, .limit = limit};
    _Unwind_Backtrace(take_frame, &capture);
    if (capture.count == 0)
        frames[capture.count++] = (uintptr_t)caller;
    for (size_t i = 0; slots != NULL && i < capture.count; i++)
        slots[i] = 0;
    return capture.count;
}

#endif
