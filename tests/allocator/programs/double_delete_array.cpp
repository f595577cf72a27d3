/* An array is deleted twice.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a quarantined 80-byte block
 * evidence: the block was freed already
 */
int main()
{
    long *array = new long[10]; /* alloc */
    delete[] array; /* free */
    delete[] array; /* access */
    return 0;
}
