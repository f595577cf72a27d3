/* steps NAME SIZE COUNT: does COUNT steps of one kind, and nothing else; callgrind counts their instructions.
 * "empty" is the loop alone, whose count is taken off the others'. */
#include <stdlib.h>
#include <string.h>

static void *volatile sink;

static void *step_realloc(size_t size)
{
    void *block = malloc(size);
    return realloc(block, size + 1);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    const char *name = argv[1];
    size_t size = (size_t)atol(argv[2]);
    long count = atol(argv[3]);
    /* A few that stay: no allocator should give its only page back at each step. */
    for (int i = 0; i < 10; i++)
        sink = malloc(size);
    if (strcmp(name, "empty") == 0)
        for (long i = 0; i < count; i++)
            sink = argv;
    else if (strcmp(name, "pair") == 0)
        for (long i = 0; i < count; i++) {
            sink = malloc(size);
            free(sink);
        }
    else if (strcmp(name, "calloc") == 0)
        for (long i = 0; i < count; i++) {
            sink = calloc(1, size);
            free(sink);
        }
    else if (strcmp(name, "realloc") == 0)
        for (long i = 0; i < count; i++) {
            sink = step_realloc(size);
            free(sink);
        }
    else if (strcmp(name, "stack") == 0) {
        enum { DEPTH = 1000 };
        static void *blocks[DEPTH];
        for (long i = 0; i < count; i += DEPTH) {
            for (int k = 0; k < DEPTH; k++)
                blocks[k] = malloc(size);
            for (int k = 0; k < DEPTH; k++)
                free(blocks[k]);
        }
    } else
        return 2;
    return 0;
}
