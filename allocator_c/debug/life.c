/* What happens with the process: its start, its forks, its end.
 *
 * A process ends by exit, by quick_exit, by _exit, or becomes another program by exec. All but the last come here once.
 * A child that was forked ends by _exit or exec when it has nothing of its own to tell: what it holds is its parent's,
 * which lists it. So FtLeaks lists the leaks of such a child when it ends by exit only.
 */
#include "debug/life.h"

#include "debug/check.h"
#include "debug/crash.h"
#include "debug/dispatch.h"
#include "debug/leaks.h"
#include "debug/options.h"
#include "debug/start.h"
#include "debug/suppressions.h"
#include "debug/trace.h"
#include "heap/heap.h"
#include "platform/lock.h"
#include "platform/process.h"
#include "platform/unwind.h"
#include "report/report.h"

static uint32_t owner;     /* process that owns this memory: the child of vfork is another one; 0: not started */
static int is_forked;
static struct lock end_lock; /* held while the end is looked after */
static int is_over;
static uint64_t leak_count;

/* A write behind a block, or into a freed one, shows at the latest here. */
static void check_at_end(const void *caller)
{
    if (option_value(OPTION_QUARANTINE) || ftmalloc_heap.prefix_bytes != 0)
        check_heap(caller);
}

static void look_back(int lists_leaks, const void *caller)
{
    check_at_end(caller);
    if (!option_value(OPTION_LEAKS) || !lists_leaks)
        return;
    debug_pardon_reserves();
    leak_count = leaks_report(LEAKS_AT_EXIT);
}

/* Another thread that ends the process meanwhile waits, or it would cut the list short; a signal handler that does so
 * on the thread which is listing ends it at once. */
static int end(int status, int lists_leaks, const void *caller)
{
    if (!lock_acquire(&end_lock))
        return status;
    if (!is_over) {
        is_over = 1;
        look_back(lists_leaks, caller);
    }
    lock_release(&end_lock);
    int is_wrong = leak_count != 0 || report_count() != 0;
    return option_value(OPTION_EXIT_CODE) && is_wrong ? (int)option_value(OPTION_EXIT_CODE) : status;
}

static int is_on(void)
{
    return option_value(OPTION_LEAKS) || option_value(OPTION_EXIT_CODE) || option_value(OPTION_QUARANTINE)
           || ftmalloc_heap.prefix_bytes != 0;
}

int life_end(int status, const void *caller)
{
    return is_on() && owner == process_id() ? end(status, !is_forked, caller) : status;
}

void life_before_exec(void)
{
    if (!is_on() || is_forked || owner != process_id() || !lock_acquire(&end_lock))
        return;
    check_at_end(__builtin_return_address(0));
    if (option_value(OPTION_LEAKS)) {
        debug_pardon_reserves();
        leaks_report(LEAKS_AT_EXEC);
    }
    lock_release(&end_lock);
}

static void end_at_exit(const void *caller)
{
    const int unchanged = -1;
    int status = owner == process_id() ? end(unchanged, 1, caller) : unchanged;
    if (status != unchanged)
        process_exit_now(status);
}

static void at_exit(void *unused)
{
    (void)unused;
    end_at_exit(__builtin_return_address(0));
}

static void at_quick_end(void)
{
    end_at_exit(__builtin_return_address(0));
}

static void after_fork_in_child(void)
{
    owner = process_id();
    is_forked = 1;
    lock_reset(&end_lock);
    report_after_fork();
    debug_after_fork_in_child();
}

/* Before the program's own constructors, so that of all exit handlers ours runs last. */
__attribute__((constructor(101))) static void process_begin(void)
{
    unwind_start();
    debug_start();
    suppressions_read();
    crash_start();
    if (option_value(OPTION_HELP))
        options_print_help();
    owner = process_id();
    heap_at_fork(debug_before_fork, debug_after_fork_in_parent, after_fork_in_child);
    if (!is_on())
        return;
    /* What the C library has set up by now, where its set-up comes to our malloc, it keeps. */
    if (process_is_static())
        leaks_flag_all(BLOCK_IGNORED);
    process_at_exit(at_exit);
    process_at_quick_exit(at_quick_end);
}
