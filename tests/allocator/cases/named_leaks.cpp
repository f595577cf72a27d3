// Leaks in functions with names of all kinds; each of a size of its own.
#include <cstdlib>

namespace shop {

struct cart {
    cart();
    ~cart();
    void *operator[](int index);
    template <class T> T *add(T);
};

cart::cart()
{
    malloc(1);
}

cart::~cart()
{
    malloc(2);
}

void *cart::operator[](int)
{
    return malloc(3);
}

template <class T> T *cart::add(T)
{
    return (T *)malloc(4);
}

namespace {

void *hidden()
{
    auto inner = [](int size) { return malloc(size); };
    return inner(5);
}

}

}

static void *plain()
{
    return malloc(6);
}

int main()
{
    shop::cart cart;
    cart[0];
    cart.add(0.5);
    shop::hidden();
    plain();
}
