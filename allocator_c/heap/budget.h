/* How much free memory keeps its pages.
 *
 * Giving pages back costs a system call, and a page fault each when they are wanted again; keeping them costs memory.
 * The budget learns which of the two a program needs from what it regrets: pages that were given back and were
 * wanted again soon raise the limit by as much; giving back without regret halves it. So a program that breathes
 * keeps its pages after a breath or two, and one that has passed its peak is left with the minimum.
 */
#ifndef FT_HEAP_BUDGET_H
#define FT_HEAP_BUDGET_H

#include <stddef.h>

#include "base/arithmetic.h"

struct budget {
    size_t limit;       /* may be free and still hold its pages; the unit is the owner's: pages, or heap units */
    size_t minimum;     /* the limit's bounds */
    size_t maximum;
    size_t given_back;  /* since the last time there was none to regret */
};

static inline void budget_gave_back(struct budget *budget, size_t count)
{
    budget->given_back = size_min(budget->given_back + count, budget->maximum);
    budget->limit = size_max(budget->limit / 2, budget->minimum);
}

/* Memory without pages was taken, since no free memory with pages fitted. */
static inline void budget_took_fresh(struct budget *budget, size_t count)
{
    size_t regretted = size_min(count, budget->given_back);
    budget->given_back -= regretted;
    budget->limit = size_min(budget->limit + 2 * regretted, budget->maximum);
}

#endif
