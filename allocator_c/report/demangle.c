/* A part of the Itanium ABI's grammar, which is what gcc and clang write. What has no name of its own (template
 * arguments, parameters) is left out; what refers back to it is not understood. */
#include "report/demangle.h"

#include <stdint.h>

#define NAME_BYTES 384
#define NESTING_MAX 16

struct reader {
    const char *at;
    struct text name;
    size_t last;    /* where the last plain name begins, which a constructor bears too */
    unsigned depth;
};

static int read_name(struct reader *reader);

static int skip(struct reader *reader, const char *words)
{
    size_t length = text_length(words);
    if (!text_begins(reader->at, words))
        return 0;
    reader->at += length;
    return 1;
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A length, and a name of so many bytes. Returns NULL for anything else. */
static const char *read_plain(struct reader *reader, uint64_t *length)
{
    if (!is_digit(*reader->at) || !text_read_unsigned(&reader->at, length) || *length == 0)
        return NULL;
    const char *start = reader->at;
    for (uint64_t i = 0; i < *length; i++)
        if (*reader->at++ == '\0')
            return NULL;
    return start;
}

/* To behind the E that ends what was begun. */
static int skip_to_end(struct reader *reader)
{
    uint64_t length;
    for (unsigned open = 1; open > 0;) {
        if (*reader->at == '\0')
            return 0;
        if (is_digit(*reader->at)) {
            if (read_plain(reader, &length) == NULL)
                return 0;
            continue;
        }
        char c = *reader->at++;
        if (c == 'L' && *reader->at != '_') { /* a literal: its digits are its value */
            while (*reader->at != '\0' && *reader->at++ != 'E')
                continue;
        } else if (c == 'S') { /* what stood before: S_, S1_ */
            while (is_digit(*reader->at) || (*reader->at >= 'A' && *reader->at <= 'Z'))
                reader->at++;
        } else if (c == 'T') { /* a parameter of the template: T_, T1_ */
            while (is_digit(*reader->at))
                reader->at++;
        } else if (c == 'I' || c == 'N' || c == 'X' || c == 'L' || c == 'F' || c == 'J') {
            open++;
        } else if (c == 'E') {
            open--;
        }
    }
    return 1;
}

static void add_separated(struct reader *reader, const char *word)
{
    if (reader->name.length != 0)
        text_add(&reader->name, "::");
    text_add(&reader->name, word);
}

static int add_plain(struct reader *reader)
{
    uint64_t length;
    const char *start = read_plain(reader, &length);
    if (start == NULL)
        return 0;
    if (text_begins(start, "_GLOBAL__N_")) {
        add_separated(reader, "(anonymous)");
        return 1;
    }
    add_separated(reader, "");
    reader->last = reader->name.length;
    for (uint64_t i = 0; i < length; i++)
        text_add_char(&reader->name, start[i]);
    return 1;
}

static int add_operator(struct reader *reader)
{
    static const char *const operators[][2] = {
        {"cl", "operator()"}, {"ix", "operator[]"}, {"aS", "operator="},  {"eq", "operator=="}, {"ne", "operator!="},
        {"lt", "operator<"},  {"gt", "operator>"},  {"ls", "operator<<"}, {"rs", "operator>>"}, {"pl", "operator+"},
        {"mi", "operator-"},  {"pL", "operator+="}, {"ml", "operator*"},  {"de", "operator*"},  {"pt", "operator->"},
        {"pp", "operator++"}, {"mm", "operator--"}, {"nt", "operator!"},
    };
    for (unsigned i = 0; i < sizeof(operators) / sizeof(*operators); i++) {
        if (skip(reader, operators[i][0])) {
            add_separated(reader, operators[i][1]);
            return 1;
        }
    }
    return 0;
}

/* The class's own name again. */
static int add_structor(struct reader *reader, const char *sign)
{
    size_t start = reader->last, end = reader->name.length;
    if (!is_digit(reader->at[1]))
        return 0;
    reader->at += 2;
    add_separated(reader, sign);
    for (size_t i = start; i < end; i++)
        text_add_char(&reader->name, reader->name.start[i]);
    return 1;
}

static int add_lambda(struct reader *reader)
{
    if (!skip_to_end(reader))
        return 0;
    while (is_digit(*reader->at))
        reader->at++;
    add_separated(reader, "{lambda}");
    return skip(reader, "_");
}

/* Names of the standard library that have a sign of their own. Returns 0, and reads nothing, where there is none. */
static int add_standard(struct reader *reader)
{
    static const char *const names[][2] = {
        {"Sa", "allocator"}, {"Sb", "basic_string"}, {"Ss", "string"},
        {"Si", "istream"},   {"So", "ostream"},      {"Sd", "iostream"},
    };
    for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (!skip(reader, names[i][0]))
            continue;
        add_separated(reader, "std::");
        reader->last = reader->name.length;
        text_add(&reader->name, names[i][1]);
        return 1;
    }
    return 0;
}

/* One step of a nested name, or a name that stands alone. */
static int add_part(struct reader *reader)
{
    skip(reader, "L"); /* of this file alone */
    if (skip(reader, "St")) {
        add_separated(reader, "std");
        return 1;
    }
    if (skip(reader, "Ul"))
        return add_lambda(reader);
    if (*reader->at == 'C')
        return add_structor(reader, "");
    if (*reader->at == 'D')
        return add_structor(reader, "~");
    return is_digit(*reader->at) ? add_plain(reader) : add_standard(reader) || add_operator(reader);
}

/* What may follow a part and tells nothing that is shown. */
static int skip_marks(struct reader *reader)
{
    uint64_t length;
    while (skip(reader, "B")) /* cxx11 and its like */
        if (read_plain(reader, &length) == NULL)
            return 0;
    return !skip(reader, "I") || skip_to_end(reader);
}

static int read_nested(struct reader *reader)
{
    while (*reader->at == 'K' || *reader->at == 'V' || *reader->at == 'r' || *reader->at == 'R' || *reader->at == 'O')
        reader->at++;
    while (!skip(reader, "E"))
        if (!add_part(reader) || !skip_marks(reader))
            return 0;
    return 1;
}

/* In a function: the function's name, its parameters, and what is named in it. */
static int read_local(struct reader *reader)
{
    if (!read_name(reader) || !skip_to_end(reader))
        return 0;
    if (*reader->at == 's')
        return 1; /* a string */
    return read_name(reader);
}

static int read_name(struct reader *reader)
{
    int is_read;
    if (reader->depth++ == NESTING_MAX)
        return 0;
    if (skip(reader, "N"))
        is_read = read_nested(reader);
    else if (skip(reader, "Z"))
        is_read = read_local(reader);
    else if (text_begins(reader->at, "St"))
        is_read = add_part(reader) && add_part(reader) && skip_marks(reader);
    else
        is_read = add_part(reader) && skip_marks(reader);
    reader->depth--;
    return is_read;
}

void demangle_add(struct text *text, const char *symbol)
{
    char storage[NAME_BYTES];
    struct reader reader = {.at = symbol, .name = text_in(storage, sizeof(storage))};
    int is_understood = skip(&reader, "_Z") && read_name(&reader) && reader.name.length < sizeof(storage) - 1;
    text_add(text, is_understood ? storage : symbol);
}
