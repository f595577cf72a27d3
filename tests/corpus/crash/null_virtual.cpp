/* A virtual call on a null pointer.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: read
 */
struct shape {
    virtual ~shape() {}
    virtual int sides() const { return 0; }
};

int main()
{
    shape *volatile none = nullptr;
    return none->sides(); /* access */
}
