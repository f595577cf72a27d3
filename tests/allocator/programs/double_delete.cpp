/* delete twice.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a quarantined 28-byte block
 * evidence: the block was freed already
 */
struct thing {
    int numbers[7];
};

int main()
{
    thing *volatile p = new thing; /* alloc */
    delete p; /* free */
    delete p; /* access */
}
