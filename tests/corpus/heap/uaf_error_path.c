/* The clean-up of an error frees the context, the caller reports from it.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 40
 * offset_bytes: 32
 * plain: silent
 */
#include <stdlib.h>
#include <string.h>

struct context {
    char path[32];
    const char *message;
};

static int parse(struct context *context)
{
    context->message = "bad header";
    free(context); /* free */
    return -1;
}

int main(void)
{
    struct context *context = calloc(1, sizeof *context); /* alloc */
    if (parse(context) < 0)
        return context->message[0] == 'x'; /* access */
    return 0;
}
