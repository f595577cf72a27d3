/* new and delete[].
 *
 * fault: alloc-dealloc-mismatch
 * block_bytes: 8
 * offset_bytes: 0
 * plain: silent
 * abort: silent
 */
int main()
{
    long *number = new long(3); /* alloc */
    delete[] number; /* access */
}
