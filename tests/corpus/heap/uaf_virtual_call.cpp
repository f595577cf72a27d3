/* A virtual call on a deleted object.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 24
 * offset_bytes: 0
 * plain: silent
 */
struct shape {
    virtual ~shape() {} /* free */
    virtual double area() const { return width * height; }
    double width = 2, height = 3;
};

int main()
{
    shape *drawn = new shape; /* alloc */
    delete drawn; /* free */
    return static_cast<int>(drawn->area()); /* access */
}
