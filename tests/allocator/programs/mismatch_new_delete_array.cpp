/* new goes with delete[].
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: alloc-dealloc-mismatch
 * place: 0 bytes inside a live 4-byte block
 * evidence: the block came from operator new and goes by operator delete[]
 */
int main()
{
    int *volatile p = new int; /* alloc */
    delete[] p; /* access */
}
