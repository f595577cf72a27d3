/* A thread overflows its block; the main thread frees it.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 50-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <pthread.h>
#include <stdlib.h>

static void *run(void *unused)
{
    char *p = malloc(50); /* alloc */
    p[50] = 1;
    return p;
}

int main(void)
{
    pthread_t thread;
    void *p;
    pthread_create(&thread, NULL, run, NULL);
    pthread_join(thread, &p);
    free(p); /* access */
}
