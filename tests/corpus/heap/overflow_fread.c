/* fread with size and count of the wrong structure.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 48
 * offset_bytes: 48
 * plain: silent
 * abort: silent
 */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    FILE *zeros = fopen("/dev/zero", "r");
    char *record = malloc(48); /* alloc */
    fread(record, 16, 4, zeros); /* access */
    free(record); /* found */
    fclose(zeros);
}
