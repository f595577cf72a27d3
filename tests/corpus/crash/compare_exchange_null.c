/* An atomic operation on a field of a null pointer.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: write
 */
#include <stddef.h>

struct lock {
    long owner, waiters;
};

int main(void)
{
    struct lock *volatile lock = NULL;
    long none = 0;
    __atomic_compare_exchange_n(&lock->waiters, &none, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); /* access */
}
