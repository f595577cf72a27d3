/* strcpy of a name that is too long.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 16
 * offset_bytes: 16
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>
#include <string.h>

struct user {
    char name[16];
};

int main(void)
{
    const char *volatile input = "a name that nobody expected to be this long";
    struct user *user = malloc(sizeof *user); /* alloc */
    strcpy(user->name, input); /* access */
    free(user); /* found */
}
