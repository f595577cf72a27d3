/* A method of a null object.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: read
 */
struct account {
    long id = 0, balance = 0;
    long get() const { return balance; } /* access */
};

int main()
{
    account *volatile none = nullptr;
    return static_cast<int>(none->get());
}
