/* Two unique_ptr of one object.
 *
 * fault: double-free
 * block_bytes: 8
 * offset_bytes: 0
 */
#include <memory>

int main()
{
    long *raw = new long(7); /* alloc */
    std::unique_ptr<long> one(raw);
    std::unique_ptr<long> two(raw);
}
