/* A program that knows of ftmalloc, preloaded or linked: it asks whether the function is there.
 * exit: 3
 */
#include <stdlib.h>

#include "include/ftmalloc.h"

#pragma weak ftmalloc_check_heap

int main(void)
{
    free(malloc(40));
    return ftmalloc_check_heap != NULL && ftmalloc_check_heap() == 0 ? 3 : 1;
}
