#include "report/report.h"

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "platform/lock.h"
#include "platform/output.h"
#include "platform/process.h"
#include "report/report_text.h"

#define SITES_BITS 10
#define SITES_MAX (1u << SITES_BITS) /* when the table is full, further sites stay silent */
#define REPORT_BYTES 32768

static struct lock report_lock; /* guards all below */
static FT_SELDOM uint64_t sites[SITES_MAX];
static uint32_t fault_count;
static FT_SELDOM char report[REPORT_BYTES];

/* Returns 1 the first time. */
static int site_is_new(const void *site, uint32_t kind)
{
    uint64_t key = ((uintptr_t)site << 5 ^ kind) | 1;
    uint64_t start = hash_word(key, SITES_BITS);
    for (unsigned i = 0; i < SITES_MAX; i++) {
        uint64_t *entry = &sites[(start + i) % SITES_MAX];
        if (*entry == key)
            return 0;
        if (*entry == 0) {
            *entry = key;
            return 1;
        }
    }
    return 0;
}

void report_second_fault(const struct fault *fault)
{
    char line[160];
    struct text text = text_in(line, sizeof(line));
    text_add(&text, "ftmalloc: ");
    text_add(&text, fault_name(fault->kind));
    text_add(&text, " on ");
    text_add_hex(&text, fault->address);
    text_add(&text, " while another fault was being reported\n");
    output_write(text.start, text.length);
}

static int report_locked(const struct fault *fault, const void *site, int always)
{
    int printed = site_is_new(site, fault->kind) || always;
    if (printed) {
        struct text text = text_in(report, sizeof(report));
        ftmalloc_last_fault = *fault;
        ftmalloc_last_fault.sequence = __atomic_add_fetch(&fault_count, 1, __ATOMIC_RELAXED);
        report_text_fault(&text, fault);
        output_write(text.start, text.length);
    }
    return printed;
}

int report_fault(const struct fault *fault, const void *site, int always)
{
    sigset_t before;
    int printed = 0;
    /* A handler that leaves by longjmp would take the lock with it. */
    process_block_signals(&before);
    if (lock_acquire(&report_lock)) {
        printed = report_locked(fault, site, always);
        lock_release(&report_lock);
    } else {
        report_second_fault(fault);
    }
    process_restore_signals(&before);
    return printed;
}

uint32_t report_count(void)
{
    return __atomic_load_n(&fault_count, __ATOMIC_RELAXED);
}

void report_after_fork(void)
{
    lock_reset(&report_lock);
}
