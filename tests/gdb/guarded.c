/* Reads a guarded block after it was freed. */
#include <stdio.h>
#include <stdlib.h>

char *volatile live, *volatile dead;

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    live = malloc(100);
    dead = malloc(64);
    free(dead);
    return dead[5];
}
