/* A string literal is written to.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: non-heap
 * evidence: the memory allows no such access: r--p <program>
 */
static char *volatile word = "word";

int main(void)
{
    word[0] = 'W'; /* access */
    return 0;
}
