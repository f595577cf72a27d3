/* new of more than there is.
 *
 * fault: out-of-memory
 * signal: SIGABRT
 * evidence: std::bad_alloc
 * evidence: it was asked for 1152921504606846976 bytes
 */
int main()
{
    volatile unsigned long size = 1ul << 60;
    return static_cast<int>((new char[size])[3]); /* access */
}
