/* A small SQLite extension with two bugs of the everyday kind, for Debian's own sqlite3 to load.
 *
 *   initials(name)   forgets the buffer it makes: SQLite copies the result (SQLITE_TRANSIENT), nobody frees it
 *   remember(text), forget(), recall()   forget() frees the note but leaves the pointer that recall() follows
 */
#include <sqlite3ext.h>
#include <stdlib.h>
#include <string.h>
SQLITE_EXTENSION_INIT1

struct note {
    char *text;
    int length;
};

static struct note *last_note;

static void initials(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const char *name = (const char *)sqlite3_value_text(values[0]);
    char *letters = calloc(strlen(name) + 1, 1);
    char *end = letters;
    for (const char *at = name; *at != '\0'; at++) {
        if (at == name || at[-1] == ' ')
            *end++ = *at;
    }
    sqlite3_result_text(context, letters, -1, SQLITE_TRANSIENT);
}

static void remember_note(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    last_note = malloc(sizeof *last_note);
    last_note->text = strdup((const char *)sqlite3_value_text(values[0]));
    last_note->length = (int)strlen(last_note->text);
    sqlite3_result_int(context, last_note->length);
}

static void forget_note(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    (void)values;
    free(last_note->text);
    free(last_note);
    sqlite3_result_null(context);
}

static void recall_note(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    (void)values;
    sqlite3_result_int(context, last_note->text[0]);
}

int sqlite3_initials_init(sqlite3 *database, char **message, const sqlite3_api_routines *routines)
{
    (void)message;
    SQLITE_EXTENSION_INIT2(routines);
    sqlite3_create_function(database, "initials", 1, SQLITE_UTF8, NULL, initials, NULL, NULL);
    sqlite3_create_function(database, "remember", 1, SQLITE_UTF8, NULL, remember_note, NULL, NULL);
    sqlite3_create_function(database, "forget", 0, SQLITE_UTF8, NULL, forget_note, NULL, NULL);
    sqlite3_create_function(database, "recall", 0, SQLITE_UTF8, NULL, recall_note, NULL, NULL);
    return SQLITE_OK;
}
