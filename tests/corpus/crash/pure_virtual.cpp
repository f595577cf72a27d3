/* A pure virtual function is called from a constructor.
 *
 * fault: abort
 * signal: SIGABRT
 * evidence: pure virtual
 */
struct base {
    base() { start(); }
    void start() { run(); }
    virtual void run() = 0;
};
struct derived : base {
    void run() override {}
};

int main()
{
    derived object;
}
