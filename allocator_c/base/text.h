/* Bounded text: builds messages in memory that the caller owns, without heap, locale or stdio.
 * What does not fit is cut off; the text is always NUL-terminated. */
#ifndef FT_BASE_TEXT_H
#define FT_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
    char *start;
    size_t length;   /* without the NUL */
    size_t capacity; /* of the memory at start, the NUL included; at least 1 */
};

/* An empty text in `capacity` bytes at `start`. */
struct text text_in(char *start, size_t capacity);

void text_add(struct text *text, const char *string);
void text_add_char(struct text *text, char c);
void text_add_unsigned(struct text *text, uint64_t number);
/* "0x" and lower-case digits, no padding. */
void text_add_hex(struct text *text, uint64_t number);
/* "0x" and upper-case digits, as the form of show_alloc_mem has it. */
void text_add_hex_upper(struct text *text, uint64_t number);
/* Exactly `digits` hexadecimal digits, no prefix. */
void text_add_hex_digits(struct text *text, uint64_t number, unsigned digits);
/* `number` and `noun`, with an s where the number is not 1: "1 block", "2 blocks". */
void text_add_count(struct text *text, uint64_t number, const char *noun);
/* Spaces until the text is `column` characters long. */
void text_pad_to(struct text *text, size_t column);

int text_equal(const char *left, const char *right);
int text_begins(const char *string, const char *prefix);
size_t text_length(const char *string);

/* Reads decimal digits at *cursor, and moves it behind them. Returns 0 for no digit or more than 64 bits. */
int text_read_unsigned(const char **cursor, uint64_t *number);
/* Reads hexadecimal digits without prefix at *cursor, and moves it behind them. Returns 0 for no digit. */
int text_read_hex(const char **cursor, uint64_t *number);

#endif
