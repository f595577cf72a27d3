/* A stray index in front of a block spares its header, and what the block in front would have had to pass.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 * place: 32 bytes before a live 80-byte block
 * evidence: <trace> is smashed, and the red zone of the block in front of it is whole: <itself>
 */
#include <stdlib.h>

int main(void)
{
    char *volatile before = malloc(80);
    char *volatile p = malloc(80);
    p[-24] = 'A';
    free(p); /* access */
    return before[0];
}
