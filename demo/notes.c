/* A small threaded server of notes with two bugs: one request a line on standard input, one thread a request.
 *
 *   add TITLE BODY       a new note
 *   rename NUMBER TITLE  bug: copies any length into title[24], and over the header of the next block
 *   drop                 bug: forgets the newest note instead of freeing it, and with it its body
 *   clear                frees all notes, and so meets the smashed header
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct note {
    struct note *next;
    char *body;
    char title[24];
};

static struct note *notes;
static pthread_mutex_t notes_lock = PTHREAD_MUTEX_INITIALIZER;

static void note_add(const char *title, const char *body)
{
    struct note *note = malloc(sizeof *note);
    snprintf(note->title, sizeof note->title, "%s", title);
    note->body = strdup(body);
    note->next = notes;
    notes = note;
}

static void note_rename(int number, const char *title)
{
    struct note *note = notes;
    while (number-- > 0 && note->next != NULL)
        note = note->next;
    strcpy(note->title, title);
}

static void note_drop(void)
{
    if (notes != NULL)
        notes = notes->next;
}

static void notes_clear(void)
{
    while (notes != NULL) {
        struct note *next = notes->next;
        free(notes->body);
        free(notes);
        notes = next;
    }
}

static void *serve(void *line)
{
    char word[16] = "", first[256] = "", second[1024] = "";
    sscanf(line, "%15s %255s %1023[^\n]", word, first, second);
    pthread_mutex_lock(&notes_lock);
    if (strcmp(word, "add") == 0)
        note_add(first, second);
    else if (strcmp(word, "rename") == 0)
        note_rename(atoi(first), second);
    else if (strcmp(word, "drop") == 0)
        note_drop();
    else if (strcmp(word, "clear") == 0)
        notes_clear();
    pthread_mutex_unlock(&notes_lock);
    return NULL;
}

int main(void)
{
    char line[2048];
    while (fgets(line, sizeof line, stdin) != NULL) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, line) != 0)
            return 1;
        pthread_join(thread, NULL);
    }
    return 0;
}
