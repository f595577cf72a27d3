/* new[] and delete.
 *
 * fault: alloc-dealloc-mismatch
 * block_bytes: 100
 * offset_bytes: 0
 * plain: silent
 * abort: silent
 */
int main()
{
    char *text = new char[100]; /* alloc */
    delete text; /* access */
}
