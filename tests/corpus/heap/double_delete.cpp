/* delete twice.
 *
 * fault: double-free
 * block_bytes: 16
 * offset_bytes: 0
 */
struct point {
    double x, y;
};

int main()
{
    point *corner = new point; /* alloc */
    delete corner; /* free */
    delete corner; /* access */
}
