/* What this library was built from, word for word: ftheap/kernel.py, which declares the interface, and this folder. The
 * extension compares it with what it finds, so that a library of another day is not taken for today's. */
#include "kernel.h"

/* Made by the Makefile. */
__asm__(".section .rodata\n"
        "ftscan_text:\n"
        ".incbin \"" KERNEL_SOURCES "\"\n"
        "ftscan_text_end:\n"
        ".previous\n");

extern const char ftscan_text[] __attribute__((visibility("hidden")));
extern const char ftscan_text_end[] __attribute__((visibility("hidden")));

EXPORT const char *ftscan_sources(uint64_t *size_bytes)
{
    *size_bytes = (uint64_t)(ftscan_text_end - ftscan_text);
    return ftscan_text;
}
