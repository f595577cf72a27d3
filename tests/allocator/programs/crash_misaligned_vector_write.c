/* A vector is written to an address that is no multiple of 16, by registers that only longer instructions name.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: non-heap
 * evidence: the instruction wants an address that is a multiple of 16
 * access: write of
 */
static _Alignas(16) char room[1024];

int main(void)
{
    register char *to __asm__("r13") = room + 1;
    register long index __asm__("r12") = 4;
    __asm__ volatile("movdqa %%xmm9, 0x100(%0, %1, 8)" : : "r"(to), "r"(index) : "memory"); /* access */
    return room[0];
}
