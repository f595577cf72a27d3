/* A class with a raw pointer is copied: both copies own it.
 *
 * fault: double-free
 * block_bytes: 400
 * offset_bytes: 0
 */
class buffer {
    int *values;

public:
    buffer() : values(new int[100]) {} /* alloc */
    ~buffer() { delete[] values; } /* free */ /* access */
};

int main()
{
    buffer one;
    buffer two = one;
}
