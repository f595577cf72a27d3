/* What the compiler is told about functions and branches. */
#ifndef FT_BASE_ATTRIBUTES_H
#define FT_BASE_ATTRIBUTES_H

#if !defined(__LP64__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "ftmalloc needs a 64-bit little-endian machine: a block's header keeps address, class and state in one word"
#endif

/* Part of the library's interface; everything else is hidden. */
#define FT_EXPORT __attribute__((visibility("default")))
/* For data of the fast paths: reached without a detour by the table of symbols. */
#define FT_HIDDEN __attribute__((visibility("hidden")))
#define FT_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define FT_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
/* For large variables that are touched here and there: they stand behind the small ones (order.ld). */
#define FT_SELDOM __attribute__((section(".bss.seldom")))
#define FT_INLINE static inline __attribute__((always_inline))
#define FT_NOINLINE __attribute__((noinline))
/* TLS that is reached by one instruction, also when the library is preloaded or loaded by dlopen. */
#define FT_THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))
/* Where the function was called from. Read here and not earlier: the compiler would have the fast path do it. */
#define FT_CALLER()                                                                                                  \
    ({                                                                                                               \
        __asm__ volatile("" : : : "memory");                                                                         \
        (const void *)__builtin_return_address(0);                                                                   \
    })
/* The value of a macro as a literal. */
#define FT_STRING2(x) #x
#define FT_STRING(x) FT_STRING2(x)
/* Keeps the compiler from moving stores across: a walker may look between any two instructions. */
#define FT_STORE_ORDER() __atomic_signal_fence(__ATOMIC_SEQ_CST)

#endif
