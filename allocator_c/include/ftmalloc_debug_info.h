/* The binary contract with debuggers: a table of named rows that describes the heap of this very library.
 *
 * Found by the symbol ftmalloc_debug_info, and when symbols are gone by its magic: the table lies in writable
 * memory that the library has written to, so that it is in every core file, also when the library's file is lost.
 * Readers treat it as untrusted input, and know rows by name, never by position.
 */
#ifndef FTMALLOC_DEBUG_INFO_H
#define FTMALLOC_DEBUG_INFO_H

#include <stdint.h>

#define FTMALLOC_DEBUG_INFO_MAGIC "ftmalloc-layout" /* 16 bytes with its NUL */
#define FTMALLOC_DEBUG_INFO_FORMAT 1

enum ftmalloc_row_kind {
    FTMALLOC_ROW_STRUCT = 1, /* value: size in bytes */
    FTMALLOC_ROW_FIELD = 2,  /* value: offset in bytes, size_bytes: size of the member */
    FTMALLOC_ROW_BITS = 3,   /* value: shift, size_bytes: width in bits */
    FTMALLOC_ROW_ENUM = 4,   /* value */
    FTMALLOC_ROW_CONST = 5,  /* value */
    FTMALLOC_ROW_ROOT = 6,   /* value: address, size_bytes: size of the object */
};

struct ftmalloc_debug_row {
    char name[44];      /* NUL-terminated */
    uint32_t kind;      /* enum ftmalloc_row_kind */
    uint64_t value;
    uint64_t size_bytes; /* 0 where the kind has none */
};

struct ftmalloc_debug_info {
    char magic[16];
    uint64_t self;           /* address of this table: a copy elsewhere does not prove itself */
    uint32_t format;         /* FTMALLOC_DEBUG_INFO_FORMAT */
    uint32_t byte_order;     /* 0x01020304 as the target writes it */
    uint32_t pointer_bytes;
    uint32_t header_bytes;   /* offset of the first row */
    uint32_t row_bytes;
    uint32_t row_count;
    char version[16];        /* of the library, e.g. "1.0.0" */
    /* rows follow */
};

#endif
