/* A string literal is written.
 *
 * fault: non-heap
 * signal: SIGSEGV
 * access: write
 */
int main(void)
{
    char *volatile text = "text";
    text[0] = 'T'; /* access */
}
