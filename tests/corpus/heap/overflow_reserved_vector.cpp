/* reserve is no resize, and back() of an empty vector is in front of it.
 *
 * fault: heap-buffer-underflow
 * access: write
 * block_bytes: 80
 * offset_bytes: -8
 * abort: heap-buffer-underflow with block_bytes=5
 */
#include <vector>

int main()
{
    std::vector<long> values;
    values.reserve(10);
    values.back() = 5; /* access */
} /* found */
