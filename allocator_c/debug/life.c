/* What happens with the process: its start, its forks, its end. */
#include "debug/check.h"
#include "debug/entry.h"
#include "debug/known_blocks.h"
#include "debug/leaks.h"
#include "debug/options.h"
#include "debug/suppressions.h"
#include "debug/watch.h"
#include "platform/process.h"
#include "platform/unwind.h"
#include "report/report.h"

/* A write behind a block, or into a freed one, shows at the latest here. */
static void at_exit(void *unused)
{
    uint64_t leak_count = 0;
    (void)unused;
    if (option_value(OPTION_REDZONE) || option_value(OPTION_QUARANTINE))
        check_heap(__builtin_return_address(0));
    if (option_value(OPTION_LEAKS)) {
        process_free_reserves();
        leak_count = leaks_report(0);
    }
    if (option_value(OPTION_EXIT_CODE) && (leak_count != 0 || report_count() != 0))
        process_exit_now((int)option_value(OPTION_EXIT_CODE));
}

static void after_fork(void)
{
    report_after_fork();
    known_after_fork();
    watch_after_fork();
}

/* Before the program's own constructors, so that of all exit handlers ours runs last. */
__attribute__((constructor(101))) static void process_begin(void)
{
    unwind_start();
    debug_start();
    suppressions_read();
    if (option_value(OPTION_HELP))
        options_print_help();
    process_at_fork(after_fork);
    if (option_value(OPTION_LEAKS) || option_value(OPTION_EXIT_CODE) || option_value(OPTION_REDZONE)
        || option_value(OPTION_QUARANTINE))
        process_at_exit(at_exit);
}
