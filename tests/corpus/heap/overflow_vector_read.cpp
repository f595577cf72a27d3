/* Sums one element more than the vector has.
 *
 * fault: heap-buffer-overflow
 * access: read
 * block_bytes: 32
 * offset_bytes: 32
 * plain: silent
 * abort: silent
 * debug: silent
 */
#include <vector>

int main()
{
    std::vector<long> values{1, 2, 3, 4};
    long sum = 0;
    for (std::size_t index = 0; index <= values.size(); index++)
        sum += values[index]; /* access */
    return sum == 0;
}
