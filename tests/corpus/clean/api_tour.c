/* Every function of the C library that gives memory, and the right one that takes it back. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

int main(void)
{
    void *block;
    char *text = NULL, *line = NULL;
    size_t size = 0;
    free(NULL);
    free(malloc(0));
    free(calloc(7, 9));
    free(realloc(NULL, 30));
    free(realloc(malloc(30), 3000));
    free(realloc(malloc(3000), 30));
    free(reallocarray(malloc(10), 20, 30));
    free(aligned_alloc(64, 640));
    free(memalign(4096, 100));
    free(valloc(100));
    if (posix_memalign(&block, 1024, 10) == 0)
        free(block);
    free(strdup("text"));
    free(strndup("text", 2));
    free(wcsdup(L"text"));
    if (asprintf(&text, "%d %s", 7, "text") > 0)
        free(text);
    FILE *stream = open_memstream(&line, &size);
    fprintf(stream, "%2000d", 3);
    fclose(stream);
    free(line);
    free(realpath("/", NULL));
}
