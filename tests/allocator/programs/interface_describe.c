/* ftmalloc_describe, ftmalloc_leaks_mark, ftmalloc_set_fault_handler and ftmalloc_check_heap, from a program.
 * options: FtMallocRedzone=1
 * modes: linked
 * exit: 0
 */
#include <include/ftmalloc.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                                             \
    if (!(condition))                                                                                                \
    exit(__LINE__ % 200 + 1)

static int fault_count;
static char kind[40];
static void *block;

static void note(const struct ftmalloc_fault *fault)
{
    fault_count++;
    strcpy(kind, fault->kind);
    block = fault->block;
}

int main(void)
{
    char *p = malloc(100);
    struct ftmalloc_description inside = ftmalloc_describe(p + 10);
    CHECK(inside.state == FTMALLOC_LIVE && inside.block == p && inside.size_bytes == 100 && inside.offset == 10);
    CHECK(ftmalloc_describe(&p).state == FTMALLOC_FOREIGN);
    CHECK(ftmalloc_describe(p - 8).offset == -8);
    CHECK(ftmalloc_leaks_mark());
    CHECK(ftmalloc_leaks_count() == 0);
    char *q = malloc(30);
    char *r = malloc(31);
    CHECK(ftmalloc_leaks_count() == 2);
    CHECK(ftmalloc_leak_ignore(q) && ftmalloc_leaks_count() == 1);
    CHECK(!ftmalloc_leak_ignore(q + 1));
    CHECK(ftmalloc_check_heap() == 0);
    CHECK(ftmalloc_set_fault_handler(note) == NULL);
    r[31] = 1;
    CHECK(ftmalloc_check_heap() == 1 && fault_count == 1);
    CHECK(strcmp(kind, "heap-buffer-overflow") == 0 && block == r);
    free(r);
    CHECK(fault_count == 2);
    free(r);
    CHECK(fault_count == 3 && strcmp(kind, "double-free") == 0 && block == r);
    CHECK(ftmalloc_describe(r).state == FTMALLOC_FREED);
    char *large = malloc(3000000);
    free(large);
    struct ftmalloc_description gone = ftmalloc_describe(large + 5);
    CHECK(gone.state == FTMALLOC_FREED && gone.block == large && gone.size_bytes == 3000000 && gone.offset == 5);
    CHECK(ftmalloc_set_fault_handler(NULL) == note);
    free(q);
    free(p);
    return 0;
}
