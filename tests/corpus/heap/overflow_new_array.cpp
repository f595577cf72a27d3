/* One element behind new int[n].
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 28
 * offset_bytes: 28
 * plain: silent
 * abort: silent
 */
int main()
{
    int *values = new int[7]; /* alloc */
    for (int index = 0; index <= 7; index++)
        values[index] = index; /* access */
    delete[] values; /* found */
}
