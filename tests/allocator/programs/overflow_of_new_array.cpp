/* One element too many of new[].
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 40-byte block
 * evidence: the red zone behind the block was written to: 4 bytes were changed, now 01 00 00 00
 */
int main()
{
    int *volatile p = new int[10]; /* alloc */
    p[10] = 1;
    delete[] p; /* access */
}
