/* Reads a guarded block after it was freed. */
#include <stdio.h>
#include <stdlib.h>

char *volatile live, *volatile dead, *volatile empty;

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    live = malloc(100);
    dead = malloc(64);
    free(dead);
    empty = malloc(0);
    return dead[5];
}
