/* free of a buffer inside of its own block: in front of it stand its address and a length, as in a C++ string that is
 * short. No address by itself makes a header.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * place: 16 bytes inside a live 32-byte block
 * evidence: the address is not the start of its block
 */
#include <stdlib.h>

struct string {
    char *text;
    size_t length;
    char inline_text[16];
};

int main(void)
{
    struct string *string = malloc(sizeof *string);
    string->text = string->inline_text;
    string->length = 5;
    free(string->text); /* access */
    return 0;
}
