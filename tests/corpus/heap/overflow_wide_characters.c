/* A count of characters taken for a count of bytes.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 8
 * offset_bytes: 8
 * plain: silent
 * abort: silent
 * guard: heap-buffer-overflow with offset_bytes=16
 */
#include <stdlib.h>
#include <wchar.h>

int main(void)
{
    const wchar_t *volatile word = L"heap gr";
    wchar_t *copy = malloc(wcslen(word) + 1); /* alloc */
    wcscpy(copy, word); /* access */
    free(copy); /* found */
}
