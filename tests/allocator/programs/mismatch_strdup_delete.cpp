/* A string of strdup is deleted.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: alloc-dealloc-mismatch
 * place: 0 bytes inside a live 5-byte block
 * evidence: the block came from malloc and goes by operator delete[]
 */
#include <cstring>

int main()
{
    char *word = strdup("word"); /* alloc */
    delete[] word; /* access */
    return 0;
}
