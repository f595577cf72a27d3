/* What the C library allocates for itself: qsort, streams, getline, time zones, locales. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int compare(const void *one, const void *two)
{
    return *(const int *)one - *(const int *)two;
}

int main(void)
{
    int *numbers = malloc(50000 * sizeof *numbers);
    for (int index = 0; index < 50000; index++)
        numbers[index] = index * 7919 % 50000;
    qsort(numbers, 50000, sizeof *numbers, compare);
    int wrong = numbers[49999] != 49999;
    free(numbers);
    setlocale(LC_ALL, "C.UTF-8");
    time_t now = 0;
    char *line = NULL;
    size_t size = 0;
    FILE *file = tmpfile();
    fprintf(file, "%s\n%2000d\n", ctime(&now), 7);
    rewind(file);
    while (getline(&line, &size, file) > 0)
        continue;
    fclose(file);
    free(line);
    return wrong;
}
