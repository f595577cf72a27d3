#include "debug/start.h"

#include "base/arithmetic.h"
#include "base/text.h"
#include "debug/depot.h"
#include "debug/fast_path.h"
#include "debug/guard.h"
#include "debug/history.h"
#include "debug/options.h"
#include "debug/quarantine.h"
#include "debug/thread_buffer.h"
#include "debug/trace.h"
#include "heap/heap.h"
#include "platform/lock.h"
#include "platform/output.h"
#include "platform/pages.h"

/* A multiple of the granule, so that headers stay aligned. */
_Static_assert(sizeof(struct block_trace) % BLOCK_GRANULE_BYTES == 0, "the prefix keeps headers aligned");

/* A quarantine as large as that takes some zones. */
#define HUGE_QUARANTINE_BYTES (8 * GRANULE_BYTES)
/* Of a limited address space, stacks and quarantine get one part each. */
#define LIMITED_PARTS 8

static void tell_less(size_t limit, size_t depot_bytes, uint64_t quarantine_bytes)
{
    char line[256];
    struct text text = text_in(line, sizeof(line));
    text_add(&text, "ftmalloc: the address space is limited to ");
    text_add_count(&text, limit, "byte");
    text_add(&text, " (ulimit -v): recorded stacks get ");
    text_add_count(&text, depot_bytes, "byte");
    text_add(&text, ", the quarantine ");
    text_add_count(&text, quarantine_bytes, "byte");
    text_add(&text, "\n");
    output_write_error(text.start, text.length);
}

/* Stacks and quarantine take a part of the address space at most: the program needs the rest. */
static void start_stores(int keeps_stacks)
{
    size_t limit = pages_limit();
    size_t share = limit / LIMITED_PARTS;
    size_t depot_bytes = keeps_stacks ? size_min(DEPOT_BYTES_MAX, share) : 0;
    uint64_t quarantine_bytes = size_min(option_value(OPTION_QUARANTINE), share);
    if ((keeps_stacks && depot_bytes < DEPOT_BYTES_MAX) || quarantine_bytes < option_value(OPTION_QUARANTINE))
        tell_less(limit, depot_bytes, quarantine_bytes);
    if (keeps_stacks) {
        uint64_t frames = option_value(OPTION_STACK_LOGGING);
        ftmalloc_heap.companion_bytes += trace_start(frames != 0 ? (unsigned)frames : 16, depot_bytes);
    }
    if (quarantine_bytes != 0)
        quarantine_start(quarantine_bytes);
}

static void apply_switches(void)
{
    int keeps_stacks = option_value(OPTION_STACK_LOGGING) || option_value(OPTION_HISTORY);
    int keeps_traces = keeps_stacks || option_value(OPTION_REDZONE) || option_value(OPTION_DEBUG);
    if (keeps_traces)
        ftmalloc_heap.prefix_bytes = sizeof(struct block_trace);
    if (keeps_stacks || option_value(OPTION_DEBUG))
        trace_start_seals();
    if (keeps_stacks || option_value(OPTION_QUARANTINE))
        ftmalloc_heap.companion_bytes = sizeof(struct thread_buffer);
    start_stores(keeps_stacks);
    if (keeps_traces || option_value(OPTION_QUARANTINE))
        heap_huge_pages = option_value(OPTION_QUARANTINE) >= HUGE_QUARANTINE_BYTES ? HUGE_PAGES_ALL : HUGE_PAGES_SLOTS;
    if (option_value(OPTION_HISTORY))
        history_start(option_value(OPTION_HISTORY));
    int guards_calls = guard_start();
    heap_debug_active = keeps_traces || guards_calls || option_value(OPTION_QUARANTINE)
                        || option_value(OPTION_SCRIBBLE) || option_value(OPTION_CHECK_EACH);
    fast_path_start();
}

static struct lock start_lock;
int debug_is_started;

FT_NOINLINE void debug_start_now(void)
{
    if (!lock_acquire(&start_lock))
        return; /* a signal handler inside of our own start: the heap works with the switches as they are */
    if (!debug_is_started) {
        options_read();
        if (option_text(OPTION_REPORT) != NULL)
            output_set_target(option_text(OPTION_REPORT));
        apply_switches();
        __atomic_store_n(&debug_is_started, 1, __ATOMIC_RELEASE);
    }
    lock_release(&start_lock);
}

void debug_before_fork(void)
{
    quarantine_before_fork();
}

void debug_after_fork_in_parent(void)
{
    quarantine_after_fork_in_parent();
}

void debug_after_fork_in_child(void)
{
    depot_after_fork();
    quarantine_after_fork_in_child();
    guard_after_fork();
    thread_buffers_after_fork(quarantine_inherit);
}
