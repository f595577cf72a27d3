/* A block of the aligned operator new goes by the delete that knows nothing of alignment.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: alloc-dealloc-mismatch
 * place: 0 bytes inside a live 256-byte block
 * evidence: the block came from aligned operator new and goes by operator delete
 * compile: -std=c++17
 */
#include <new>

struct alignas(128) wide {
    char bytes[200];
};

int main()
{
    wide *volatile block = new wide; /* alloc */
    operator delete((void *)block); /* access */
}
