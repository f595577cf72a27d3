/* A callback that was never registered.
 *
 * fault: uninitialized-read
 * access: execute
 * block_bytes: 32
 * offset_bytes: 16
 * plain: null-dereference
 */
#include <stdlib.h>

struct handlers {
    void (*on_open)(void);
    void (*on_read)(void);
    void (*on_close)(void);
    void *data;
};

int main(void)
{
    struct handlers *handlers = malloc(sizeof *handlers); /* alloc */
    handlers->on_close(); /* access */
}
