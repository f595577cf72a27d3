/* Nobody catches a number.
 *
 * fault: abort
 * signal: SIGABRT
 * evidence: int
 */
int main()
{
    throw 42; /* access */
}
