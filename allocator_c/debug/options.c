#include "debug/options.h"

#include <stddef.h>

#include "base/text.h"
#include "platform/environment.h"
#include "platform/output.h"

#define ENVIRONMENT_BYTES 4096
#define HELP_BYTES 8192
#define HELP_COLUMN 22
#define WORD_SHOWN_MAX 64

enum option_kind { OPTION_KIND_FLAG, OPTION_KIND_NUMBER, OPTION_KIND_SIZE, OPTION_KIND_SHARE, OPTION_KIND_TEXT };

struct option_row {
    const char *name;
    enum option_kind kind;
    uint64_t on;
    uint64_t limit;
    int debug; /* implied by FtMallocDebug */
    const char *help;
};

static const struct option_row rows[OPTION_COUNT] = {
#define OPTION(identifier, name, kind, on, limit, debug, help) {name, OPTION_KIND_##kind, on, limit, debug, help},
#include "debug/options.def"
#undef OPTION
};

struct option_value ftmalloc_options[OPTION_COUNT] = {
#define OPTION(identifier, name, kind, on, limit, debug, help) {name, 0},
#include "debug/options.def"
#undef OPTION
};

static char environment[ENVIRONMENT_BYTES]; /* holds the texts of TEXT options */
static const char *texts[OPTION_COUNT];
static uint8_t is_given[OPTION_COUNT]; /* 1: in the environment, on or off */

static int word_is(const char *word, const char *const *list)
{
    char lower[8];
    size_t length = text_length(word);
    if (length >= sizeof(lower))
        return 0;
    for (size_t i = 0; i <= length; i++)
        lower[i] = word[i] >= 'A' && word[i] <= 'Z' ? (char)(word[i] + ('a' - 'A')) : word[i];
    for (; *list != NULL; list++)
        if (text_equal(lower, *list))
            return 1;
    return 0;
}

static int is_off(const char *word)
{
    static const char *const off_words[] = {"", "0", "off", "no", "false", NULL};
    return word_is(word, off_words);
}

static int is_plain_on(const char *word)
{
    static const char *const on_words[] = {"1", "on", "yes", "true", NULL};
    return word_is(word, on_words);
}

/* Reads "123", or "64K", "64M", "1G" when `with_unit`. Returns 0 when `word` is anything else. */
static int read_number(const char *word, int with_unit, uint64_t *number)
{
    if (!text_read_unsigned(&word, number))
        return 0;
    unsigned shift = 0;
    if (with_unit && (*word | 0x20) == 'k')
        shift = 10;
    else if (with_unit && (*word | 0x20) == 'm')
        shift = 20;
    else if (with_unit && (*word | 0x20) == 'g')
        shift = 30;
    if (shift != 0)
        word++;
    if (*number > UINT64_MAX >> shift)
        return 0;
    *number <<= shift;
    return *word == '\0';
}

/* As much of it as is needed to know it again. */
static void add_word(struct text *text, const char *word, char end)
{
    for (unsigned i = 0; i < WORD_SHOWN_MAX && word[i] != end && word[i] != '\0'; i++)
        text_add_char(text, word[i]);
}

static void tell_malformed(const struct option_row *row, const char *word)
{
    char line[256];
    struct text text = text_in(line, sizeof(line));
    text_add(&text, "ftmalloc: ");
    text_add(&text, row->name);
    text_add(&text, "=");
    add_word(&text, word, '\0');
    text_add(&text, row->kind == OPTION_KIND_SIZE    ? ": not a size (such as 64M)"
                    : row->kind == OPTION_KIND_SHARE ? ": neither all nor a number"
                                                     : ": not a number");
    text_add(&text, " from 1 to ");
    text_add_unsigned(&text, row->limit);
    text_add(&text, "; using ");
    text_add_unsigned(&text, row->on);
    text_add(&text, "\n");
    output_write_error(text.start, text.length);
}

/* A switch that is spelled wrong would go unnoticed else. Other names that begin with Ft are not ours. */
static void tell_unknown(const char *entry)
{
    char line[160];
    struct text text = text_in(line, sizeof(line));
    if (!text_begins(entry, "FtMalloc") && !text_begins(entry, "FtLeak"))
        return;
    text_add(&text, "ftmalloc: no switch has the name ");
    add_word(&text, entry, '=');
    text_add(&text, "; FtMallocHelp=1 lists them\n");
    output_write_error(text.start, text.length);
}

/* `name` stands alone: its value found no place in our memory. */
static void tell_too_long(const char *name)
{
    char line[160];
    struct text text = text_in(line, sizeof(line));
    text_add(&text, "ftmalloc: ");
    text_add(&text, name);
    text_add(&text, ": left out, the switches may have ");
    text_add_unsigned(&text, ENVIRONMENT_BYTES);
    text_add(&text, " bytes in all\n");
    output_write_error(text.start, text.length);
}

static uint64_t read_value(const struct option_row *row, const char *word)
{
    uint64_t number;
    if (is_off(word))
        return 0;
    if (row->kind == OPTION_KIND_FLAG || row->kind == OPTION_KIND_TEXT || is_plain_on(word))
        return row->on;
    if (row->kind == OPTION_KIND_SHARE && text_equal(word, "all"))
        return 1;
    if (read_number(word, row->kind == OPTION_KIND_SIZE, &number) && number > 0 && number <= row->limit)
        return number;
    tell_malformed(row, word);
    return row->on;
}

/* `entry` is "NAME=value", or the name alone. */
static void read_entry(const char *entry)
{
    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        size_t length = text_length(rows[i].name);
        if (text_equal(entry, rows[i].name)) {
            tell_too_long(entry);
            return;
        }
        if (!text_begins(entry, rows[i].name) || entry[length] != '=')
            continue;
        /* A descriptor number is a text: 0 would mean off, and standard input is no place for reports. */
        is_given[i] = 1;
        ftmalloc_options[i].value = read_value(&rows[i], entry + length + 1);
        texts[i] = ftmalloc_options[i].value != 0 ? entry + length + 1 : NULL;
        return;
    }
    tell_unknown(entry);
}

const char *option_text(enum option option)
{
    return texts[option];
}

void options_read(void)
{
    environment_collect("Ft", environment, sizeof(environment));
    for (const char *entry = environment; *entry != '\0'; entry += text_length(entry) + 1)
        read_entry(entry);
    for (unsigned i = 0; i < OPTION_COUNT && option_value(OPTION_DEBUG); i++)
        if (rows[i].debug && !is_given[i])
            ftmalloc_options[i].value = rows[i].on;
    /* Patterns are matched with stacks. */
    if (option_value(OPTION_SUPPRESSIONS) && !is_given[OPTION_STACK_LOGGING])
        ftmalloc_options[OPTION_STACK_LOGGING].value = rows[OPTION_STACK_LOGGING].on;
}

void options_print_help(void)
{
    char storage[HELP_BYTES];
    struct text text = text_in(storage, sizeof(storage));
    text_add(&text, "ftmalloc: environment variables (off: empty, 0, off, no, false)\n");
    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        size_t line = text.length;
        text_add(&text, "  ");
        text_add(&text, rows[i].name);
        text_pad_to(&text, line + HELP_COLUMN + 2);
        text_add(&text, " ");
        text_add(&text, rows[i].help);
        text_add(&text, "\n");
    }
    output_write(text.start, text.length);
}
