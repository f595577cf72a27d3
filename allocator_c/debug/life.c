/* What happens with the process: its start, its forks, its end. */
#include "debug/entry.h"
#include "debug/leaks.h"
#include "debug/options.h"
#include "platform/process.h"
#include "report/report.h"

static void at_exit(void *unused)
{
    (void)unused;
    if (option_value(OPTION_LEAKS))
        leaks_report();
}

/* Before the program's own constructors, so that of all exit handlers ours runs last. */
__attribute__((constructor(101))) static void process_begin(void)
{
    debug_start();
    if (option_value(OPTION_HELP))
        options_print_help();
    process_at_fork(report_after_fork);
    if (option_value(OPTION_LEAKS))
        process_at_exit(at_exit);
}
