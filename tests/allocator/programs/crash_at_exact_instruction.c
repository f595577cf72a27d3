/* The report's first frame is the very instruction that failed, which a function of the same name begins with.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: null-dereference
 * evidence: the address is in the null page
 * address: 0x18
 * frame: strike+0x0
 */
void strike(char *to);

__asm__(".text\n"
        ".globl strike\n"
        ".type strike, @function\n"
        "    ret\n" /* of whatever stands in front */
        "strike:\n"
        "    .cfi_startproc\n"
        "    movl $7, 24(%rdi)\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size strike, . - strike\n");

int main(void)
{
    strike((char *)0);
    return 0;
}
