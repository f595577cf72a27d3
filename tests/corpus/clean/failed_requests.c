/* Requests that can't be met are refused with ENOMEM, and the old block stays. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    volatile size_t huge = SIZE_MAX / 2;
    char *block = strdup("here");
    errno = 0;
    if (malloc(huge) != NULL || errno != ENOMEM)
        return 1;
    if (calloc(huge, 4) != NULL || realloc(block, huge) != NULL || reallocarray(block, huge, 8) != NULL)
        return 2;
    int wrong = strcmp(block, "here");
    free(block);
    return wrong != 0;
}
