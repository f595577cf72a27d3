/* An object is used after delete.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-use-after-free
 * place: 8 bytes inside a quarantined 16-byte block
 * evidence: a freed block was written to: 4 bytes were changed, now 05 00 00 00
 */
struct node {
    node *next;
    int value;
};

int main()
{
    node *first = new node; /* alloc */
    delete first; /* free */
    first->value = 5;
    return 0;
}
