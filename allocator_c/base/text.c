#include "base/text.h"

struct text text_in(char *start, size_t capacity)
{
    start[0] = '\0';
    return (struct text){.start = start, .length = 0, .capacity = capacity};
}

void text_add_char(struct text *text, char c)
{
    if (text->length + 1 >= text->capacity)
        return;
    text->start[text->length++] = c;
    text->start[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
    while (*string != '\0')
        text_add_char(text, *string++);
}

static void add_in_base(struct text *text, uint64_t number, unsigned base, const char *digits, unsigned at_least)
{
    char reversed[64];
    unsigned count = 0;
    do {
        reversed[count++] = digits[number % base];
        number /= base;
    } while (number != 0);
    for (unsigned missing = count; missing < at_least; missing++)
        text_add_char(text, '0');
    while (count > 0)
        text_add_char(text, reversed[--count]);
}

void text_add_unsigned(struct text *text, uint64_t number)
{
    add_in_base(text, number, 10, "0123456789", 1);
}

void text_add_hex(struct text *text, uint64_t number)
{
    text_add(text, "0x");
    add_in_base(text, number, 16, "0123456789abcdef", 1);
}

void text_add_hex_upper(struct text *text, uint64_t number)
{
    text_add(text, "0x");
    add_in_base(text, number, 16, "0123456789ABCDEF", 1);
}

void text_add_hex_digits(struct text *text, uint64_t number, unsigned digits)
{
    if (digits < 16)
        number &= (UINT64_C(1) << (digits * 4)) - 1;
    add_in_base(text, number, 16, "0123456789abcdef", digits);
}

void text_add_count(struct text *text, uint64_t number, const char *noun)
{
    text_add_unsigned(text, number);
    text_add_char(text, ' ');
    text_add(text, noun);
    if (number != 1)
        text_add_char(text, 's');
}

void text_pad_to(struct text *text, size_t column)
{
    while (text->length < column && text->length + 1 < text->capacity)
        text_add_char(text, ' ');
}

int text_equal(const char *left, const char *right)
{
    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    return *left == *right;
}

int text_begins(const char *string, const char *prefix)
{
    while (*prefix != '\0' && *prefix == *string) {
        prefix++;
        string++;
    }
    return *prefix == '\0';
}

size_t text_length(const char *string)
{
    size_t length = 0;
    while (string[length] != '\0')
        length++;
    return length;
}

int text_read_unsigned(const char **cursor, uint64_t *number)
{
    const char *start = *cursor;
    uint64_t value = 0;
    for (; **cursor >= '0' && **cursor <= '9'; (*cursor)++) {
        if (__builtin_mul_overflow(value, 10, &value)
            || __builtin_add_overflow(value, (uint64_t)(**cursor - '0'), &value))
            return 0;
    }
    *number = value;
    return *cursor != start;
}

int text_read_hex(const char **cursor, uint64_t *number)
{
    const char *start = *cursor;
    uint64_t value = 0;
    for (;; (*cursor)++) {
        char c = **cursor;
        unsigned digit;
        if (c >= '0' && c <= '9')
            digit = (unsigned)(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (unsigned)(c - 'a' + 10);
        else
            break;
        value = value << 4 | digit;
    }
    *number = value;
    return *cursor != start;
}
