/* Bytes taken for characters of four bytes.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 12-byte block
 * evidence: the red zone behind the block was written to: 8 bytes were changed, now 64 00 00 00 00 00 00 00
 */
#include <stdlib.h>
#include <wchar.h>

int main(void)
{
    wchar_t *block = malloc(12); /* alloc */
    wcscpy(block, L"abcd");
    free(block); /* access */
    return 0;
}
