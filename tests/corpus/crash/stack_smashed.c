/* A local array is overrun: the stack protector aborts.
 *
 * compile: -fstack-protector-all
 * fault: non-heap
 * signal: SIGABRT
 */
#include <string.h>

static void copy(const char *text)
{
    char name[16];
    strcpy(name, text);
}

int main(void)
{
    copy("a text that is much longer than sixteen bytes");
}
