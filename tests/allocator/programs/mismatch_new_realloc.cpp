/* new goes with realloc.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: alloc-dealloc-mismatch
 * place: 0 bytes inside a live 1-byte block
 * evidence: the block came from operator new and goes by free or realloc
 */
#include <cstdlib>

int main()
{
    char *volatile p = new char; /* alloc */
    p = static_cast<char *>(realloc(p, 100)); /* access */
}
