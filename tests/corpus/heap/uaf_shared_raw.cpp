/* A raw pointer outlives the last shared_ptr.
 *
 * fault: heap-use-after-free
 * access: read
 * plain: silent
 */
#include <memory>

struct session {
    session *parent = this;
    long id = 7;
};

int main()
{
    auto owner = std::make_shared<session>();
    session *raw = owner.get();
    owner.reset();
    return static_cast<int>(raw->parent->id); /* access */
}
