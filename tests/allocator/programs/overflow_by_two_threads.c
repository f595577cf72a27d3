/* Each of two threads overruns its block: the first is told, then the program aborts.
 * options: FtMallocRedzone=1 FtMallocStackLogging=1
 * exit: 0
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 20-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <pthread.h>
#include <stdlib.h>

/* Both free at the same place: it is told once. */
static void *work(void *unused)
{
    char *block = malloc(20); /* alloc */
    block[20] = 1;
    free(block); /* access */
    return unused;
}

int main(void)
{
    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, work, NULL);
        pthread_join(thread, NULL);
    }
    return 0;
}
