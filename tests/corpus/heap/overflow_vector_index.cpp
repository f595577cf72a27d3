/* operator[] of a vector does not check.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 40
 * offset_bytes: 40
 * plain: silent
 * abort: silent
 */
#include <vector>

int main()
{
    std::vector<int> values(10, 1);
    volatile int index = 10;
    values[index] = 7; /* access */
} /* found */
