/* A callback holds a reference into an object that is gone.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 16
 * offset_bytes: 8
 * plain: silent
 */
#include <functional>
#include <memory>

struct button {
    long id = 1;
    long *counter;
};

int main()
{
    static long counter;
    std::function<long()> callback;
    {
        auto owner = std::unique_ptr<button>(new button); /* alloc */
        owner->counter = &counter;
        button &shown = *owner;
        callback = [&shown] { return *shown.counter; }; /* access */
    }
    return static_cast<int>(callback());
}
