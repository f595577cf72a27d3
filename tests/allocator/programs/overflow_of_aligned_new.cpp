/* An over-aligned object is written past its end.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * compile: -std=c++17
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 128-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
struct alignas(128) line {
    char bytes[128];
};

int main()
{
    line *volatile object = new line; /* alloc */
    ((volatile char *)object)[128] = 1;
    delete object; /* access */
    return 0;
}
