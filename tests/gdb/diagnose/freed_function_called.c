/* freed function called.
 * options: FtMallocScribble=1
 * fault: heap-use-after-free
 * access: execute
 * block_bytes: 24
 * offset_bytes: 16
 */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct object {
    long values[2];
    void (*method)(void);
};

int main(void)
{
    struct object *volatile object = malloc(sizeof *object);
    free(object);
    object->method();
}
