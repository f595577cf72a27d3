/* The same without a stack protector: ret jumps to text.
 *
 * compile: -fno-stack-protector
 * fault: wild-pointer
 * signal: SIGSEGV
 * evidence: the return address on the stack was written over
 */
#include <string.h>

__attribute__((noinline)) static void copy(const char *text)
{
    char name[16];
    strcpy(name, text);
}

int main(void)
{
    copy("AAAAAAAABBBBBBBBCCCCCCCCDDDDDDDDEEEEEEEE");
    return 0;
}
