/* A fault: what the program did wrong, as plain data. The last one stays in memory for the debugger. */
#ifndef FT_REPORT_FAULT_H
#define FT_REPORT_FAULT_H

#include <stdint.h>

#define FAULT_FRAMES_MAX 32
#define FAULT_EVIDENCE_BYTES 256

enum fault_kind {
#define FAULT(identifier, name) FAULT_##identifier,
#include "report/faults.def"
#undef FAULT
    FAULT_COUNT
};

enum fault_access {
    FAULT_ACCESS_NONE = 0,
    FAULT_ACCESS_READ = 1,
    FAULT_ACCESS_WRITE = 2,
    FAULT_ACCESS_EXECUTE = 3,
    FAULT_ACCESS_FREE = 4,
    FAULT_ACCESS_REALLOC = 5,
};

/* State of the block that the fault concerns. */
enum fault_block {
    FAULT_BLOCK_NONE = 0, /* no block is concerned */
    FAULT_BLOCK_LIVE = 1,
    FAULT_BLOCK_FREED = 2,
    FAULT_BLOCK_QUARANTINED = 3,
};

struct fault_stack {
    uint32_t thread_id;   /* kernel's id; 0: not known */
    uint32_t frame_count; /* 0: not known */
    uint64_t frames[FAULT_FRAMES_MAX]; /* return addresses, innermost first; see is_trapped */
};

struct fault {
    uint32_t kind;          /* enum fault_kind */
    uint32_t access;        /* enum fault_access */
    uint32_t block_state;   /* enum fault_block */
    uint32_t sequence;      /* 1 for the first fault of the process */
    uint32_t is_late;       /* 1: `stack` is where the damage was found, not where it was done */
    uint32_t is_trapped;    /* 1: `stack` begins with the instruction itself that failed, no return address */
    uint64_t address;       /* what was accessed wrongly, or given to the call */
    uint64_t argument;      /* given to free or realloc; 0: no call */
    uint64_t block_address; /* payload */
    uint64_t block_bytes;   /* as requested */
    char evidence[FAULT_EVIDENCE_BYTES]; /* one sentence: what was seen */
    struct fault_stack stack;     /* of the access or the call */
    struct fault_stack allocated; /* of the block */
    struct fault_stack freed;
};

/* The fault reported last; kind FAULT_NONE: none yet. Read by debuggers (layout.def: last_fault). */
extern struct fault ftmalloc_last_fault;

const char *fault_name(enum fault_kind kind);
/* The calling thread and its stack, from `caller` on: see backtrace_capture. */
void fault_stack_capture(struct fault_stack *stack, const void *caller);

#endif
