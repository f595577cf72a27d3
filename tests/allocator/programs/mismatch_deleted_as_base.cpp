/* An object is deleted by a pointer to its base class, which has no virtual destructor.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * compile: -fsized-deallocation
 * fault: alloc-dealloc-mismatch
 * place: 0 bytes inside a live 48-byte block
 * evidence: the block was allocated with 48 bytes and is freed as one of 8 bytes
 */
struct base {
    long value;
};

struct derived : base {
    long more[5];
};

int main()
{
    base *object = new derived; /* alloc */
    delete object; /* access */
    return 0;
}
