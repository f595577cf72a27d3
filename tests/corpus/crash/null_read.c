/* A look-up fails, nobody checks.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: read
 */
#include <stdlib.h>

struct user {
    long id;
    char name[32];
};

static struct user *find(int id)
{
    (void)id;
    return NULL;
}

int main(void)
{
    return find(3)->name[5]; /* access */
}
