/* delete twice.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: double-free
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
