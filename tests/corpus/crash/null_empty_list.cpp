/* front() of a null unique_ptr's vector.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: read
 */
#include <memory>
#include <vector>

int main()
{
    std::vector<std::unique_ptr<std::vector<int>>> rows(3);
    return static_cast<int>(rows[1]->size());
}
