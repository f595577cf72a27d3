/* The C++ operators new and delete, by their mangled names, so that no C++ library is needed to build this one.
 *
 * With them here, FtMallocDebug can tell which family a block came by. What only C++ can do (the new handler, the
 * exception) is asked of the C++ library of the process, by weak symbols. */
#include <stddef.h>

#include "api/operators.h"
#include "base/attributes.h"

/* Plain and array; throwing and not; sized, aligned. m: size_t, Pv: void *, St11align_val_t: size_t. */

FT_EXPORT void *_Znwm(size_t size)
{
    return operator_new(size, FAMILY_NEW);
}

FT_EXPORT void *_Znam(size_t size)
{
    return operator_new(size, FAMILY_NEW_ARRAY);
}

FT_EXPORT void *_ZnwmSt11align_val_t(size_t size, size_t alignment)
{
    return operator_new_slowly(size, alignment, FAMILY_ALIGNED_NEW, FT_CALLER());
}

FT_EXPORT void *_ZnamSt11align_val_t(size_t size, size_t alignment)
{
    return operator_new_slowly(size, alignment, FAMILY_ALIGNED_NEW_ARRAY, FT_CALLER());
}

FT_EXPORT void *_ZnwmRKSt9nothrow_t(size_t size, const void *nothrow)
{
    (void)nothrow;
    return operator_new_or_null(size, FAMILY_NEW);
}

FT_EXPORT void *_ZnamRKSt9nothrow_t(size_t size, const void *nothrow)
{
    (void)nothrow;
    return operator_new_or_null(size, FAMILY_NEW_ARRAY);
}

FT_EXPORT void *_ZnwmSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const void *nothrow)
{
    (void)nothrow;
    return operator_new_or_null_slowly(size, alignment, FAMILY_ALIGNED_NEW, FT_CALLER());
}

FT_EXPORT void *_ZnamSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const void *nothrow)
{
    (void)nothrow;
    return operator_new_or_null_slowly(size, alignment, FAMILY_ALIGNED_NEW_ARRAY, FT_CALLER());
}

/* delete: the header knows the size; one that is said is compared with it under FtMallocDebug. */
#define DELETE(name, family, ...)                                                                                    \
    FT_EXPORT void name(void *payload, ##__VA_ARGS__)                                                                \
    {                                                                                                                \
        operator_delete(payload, family);                                                                            \
    }

DELETE(_ZdlPv, FAMILY_NEW)
DELETE(_ZdaPv, FAMILY_NEW_ARRAY)
DELETE(_ZdlPvSt11align_val_t, FAMILY_ALIGNED_NEW, size_t alignment __attribute__((unused)))
DELETE(_ZdaPvSt11align_val_t, FAMILY_ALIGNED_NEW_ARRAY, size_t alignment __attribute__((unused)))
DELETE(_ZdlPvRKSt9nothrow_t, FAMILY_NEW, const void *nothrow __attribute__((unused)))
DELETE(_ZdaPvRKSt9nothrow_t, FAMILY_NEW_ARRAY, const void *nothrow __attribute__((unused)))
DELETE(_ZdlPvSt11align_val_tRKSt9nothrow_t, FAMILY_ALIGNED_NEW, size_t alignment __attribute__((unused)),
       const void *nothrow __attribute__((unused)))
DELETE(_ZdaPvSt11align_val_tRKSt9nothrow_t, FAMILY_ALIGNED_NEW_ARRAY, size_t alignment __attribute__((unused)),
       const void *nothrow __attribute__((unused)))

FT_EXPORT void _ZdlPvm(void *payload, size_t size)
{
    operator_delete_sized(payload, size, 0, FAMILY_NEW);
}

FT_EXPORT void _ZdaPvm(void *payload, size_t size)
{
    operator_delete_sized(payload, size, 0, FAMILY_NEW_ARRAY);
}

FT_EXPORT void _ZdlPvmSt11align_val_t(void *payload, size_t size, size_t alignment)
{
    operator_delete_sized(payload, size, alignment, FAMILY_ALIGNED_NEW);
}

FT_EXPORT void _ZdaPvmSt11align_val_t(void *payload, size_t size, size_t alignment)
{
    operator_delete_sized(payload, size, alignment, FAMILY_ALIGNED_NEW_ARRAY);
}
