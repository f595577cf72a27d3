/* An array of new[] is freed.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: alloc-dealloc-mismatch
 * place: 0 bytes inside a live 40-byte block
 * evidence: the block came from operator new[] and goes by free or realloc
 */
#include <cstdlib>

int main()
{
    int *array = new int[10]; /* alloc */
    free(array); /* access */
    return 0;
}
