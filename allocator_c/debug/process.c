/* What happens with the process: its start, its forks, its end. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>

#include "debug/entry.h"
#include "debug/leaks.h"
#include "debug/options.h"
#include "report/report.h"

/* glibc's; a NULL owner means: not when this library is finalized, but after all libraries are. */
extern int __cxa_atexit(void (*function)(void *), void *argument, void *owner);

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
    pthread_atfork(NULL, NULL, report_after_fork);
    if (option_value(OPTION_LEAKS))
        __cxa_atexit(at_exit, NULL, NULL);
}
