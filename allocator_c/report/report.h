/* From a fault to its text. Decides nothing, allocates nothing, takes no lock of the heap or the loader. */
#ifndef FT_REPORT_REPORT_H
#define FT_REPORT_REPORT_H

#include "report/fault.h"

/* Prints the fault, and keeps it in ftmalloc_last_fault. A fault of the same kind at the same `site` (return address
 * of the program's call, as a rule) is printed once, unless `always`. Returns 1 when it was printed. A fault that
 * arises while this thread reports another one gives one line only. */
int report_fault(const struct fault *fault, const void *site, int always);

/* That line, also for a fault in the program's own fault handler. */
void report_second_fault(const struct fault *fault);

/* Faults reported so far. */
uint32_t report_count(void);
/* In the child of a fork: whoever was reporting in the parent is not here. */
void report_after_fork(void);

#endif
