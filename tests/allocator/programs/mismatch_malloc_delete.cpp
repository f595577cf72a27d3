/* malloc goes with delete.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: alloc-dealloc-mismatch
 * place: 0 bytes inside a live 4-byte block
 * evidence: the block came from malloc and goes by operator delete
 */
#include <cstdlib>

int main()
{
    int *volatile p = static_cast<int *>(malloc(sizeof(int))); /* alloc */
    delete p; /* access */
}
