/* A pointer into an array of objects is deleted.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: invalid-free
 * place: 16 bytes inside a live 80-byte block
 * evidence: the address is not the start of its block
 */
int main()
{
    long *array = new long[10]; /* alloc */
    delete[] (array + 2); /* access */
    return 0;
}
