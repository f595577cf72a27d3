/* A constructor forgets a member.
 *
 * fault: uninitialized-read
 * access: read
 * block_bytes: 24
 * offset_bytes: 16
 * plain: null-dereference
 */
struct engine {
    long power;
};

struct car {
    long wheels, seats;
    engine *motor;
    car() : wheels(4), seats(5) {}
};

int main()
{
    car *mine = new car; /* alloc */
    return static_cast<int>(mine->motor->power); /* access */
}
