/* A fault in the program's fault handler is one line, and the handler is not called again inside of itself; one that
 * leaves by longjmp is called for every fault, from however deep it comes.
 * modes: linked
 * exit: 0
 * stderr: ftmalloc: double-free on 0x[0-9a-f]+ while another fault was being reported
 * stderr: ftmalloc: invalid-free on 0x[0-9a-f]+ while another fault was being reported
 */
#include <include/ftmalloc.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                                             \
    if (!(condition))                                                                                                \
    exit(__LINE__ % 200 + 1)

static int calls;
static jmp_buf back;

static void fault_again(const struct ftmalloc_fault *fault)
{
    static int number;
    calls++;
    free(fault->block);
    free(&number);
}

static void leave(const struct ftmalloc_fault *fault)
{
    calls += strcmp(fault->kind, "double-free") == 0;
    longjmp(back, 1);
}

static void free_twice(int depth)
{
    volatile char filler[200];
    filler[0] = (char)depth;
    if (depth > 0) {
        free_twice(depth - 1);
        filler[1] = 0;
        return;
    }
    void *volatile block = malloc(40);
    free(block);
    free(block);
}

int main(void)
{
    CHECK(ftmalloc_set_fault_handler(fault_again) == NULL);
    free_twice(0);
    CHECK(calls == 1);
    ftmalloc_set_fault_handler(leave);
    calls = 0;
    for (volatile int i = 0; i < 100; i++)
        if (setjmp(back) == 0)
            free_twice(i % 2 == 0 ? i : 100 - i);
    CHECK(calls == 100);
    return 0;
}
