/* A goto passes the clean-up twice.
 *
 * fault: double-free
 * block_bytes: 128
 * offset_bytes: 0
 */
#include <stdlib.h>

struct request {
    char *header, *body;
};

static void clear(struct request *request)
{
    free(request->header); /* free */ /* access */
    free(request->body);
}

static int handle(struct request *request)
{
    request->header = malloc(128); /* alloc */
    request->body = malloc(4096);
    clear(request);
    return -1;
}

int main(void)
{
    struct request request;
    if (handle(&request) < 0)
        clear(&request);
}
