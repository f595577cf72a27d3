/* Wide loads read a little behind a string's end, inside its aligned word, as the C library does. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    size_t sum = 0;
    for (int length = 0; length < 300; length++) {
        char *text = malloc((size_t)length + 1);
        memset(text, 'x', (size_t)length);
        text[length] = '\0';
        sum += strlen(text) + (strchr(text, 'y') != NULL) + (size_t)(memchr(text, 'z', (size_t)length) != NULL);
        free(text);
    }
    return sum != 299 * 300 / 2;
}
