/* An over-aligned object is freed.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * compile: -std=c++17
 * fault: alloc-dealloc-mismatch
 * place: 0 bytes inside a live 64-byte block
 * evidence: the block came from aligned operator new and goes by free or realloc
 */
#include <cstdlib>

struct alignas(64) line {
    char bytes[64];
};

int main()
{
    line *object = new line; /* alloc */
    free(object); /* access */
    return 0;
}
