/* What the C library keeps of each thread: the vector that leads to its thread-local variables. It stays with the stack
 * of a thread that has ended, for the next one. */
#ifndef FT_PLATFORM_TLS_VECTOR_H
#define FT_PLATFORM_TLS_VECTOR_H

#include <stddef.h>

/* 1 when the block is such a vector. Only glibc's are known. */
int tls_vector_is(const void *block, size_t size_bytes);

#endif
