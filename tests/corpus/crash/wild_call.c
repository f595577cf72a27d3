/* A call to nowhere.
 *
 * fault: wild-pointer
 * signal: SIGSEGV
 * access: execute
 */
int main(void)
{
    void (*volatile function)(void) = (void (*)(void))0x123456789000;
    function(); /* access */
}
