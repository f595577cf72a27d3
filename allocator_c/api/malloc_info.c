#include <errno.h>
#include <malloc.h>
#include <stdio.h>

#include "api/heap_totals.h"
#include "base/attributes.h"
#include "heap/size_class.h"

static void print_totals(FILE *stream, const struct zone_totals *totals)
{
    fprintf(stream, "<total type=\"fast\" count=\"0\" size=\"0\"/>\n");
    fprintf(stream, "<total type=\"rest\" count=\"%zu\" size=\"%zu\"/>\n", totals->free_count, totals->free_bytes);
    fprintf(stream, "<total type=\"live\" count=\"%zu\" size=\"%zu\"/>\n", totals->live_count, totals->live_bytes);
}

static void print_system(FILE *stream, const struct zone_totals *totals)
{
    fprintf(stream, "<system type=\"current\" size=\"%zu\"/>\n", totals->mapped_bytes);
    fprintf(stream, "<aspace type=\"total\" size=\"%zu\"/>\n", totals->mapped_bytes);
}

/* Free slots by class. */
static void print_sizes(FILE *stream, const struct heap_totals *totals, unsigned type)
{
    fprintf(stream, "<sizes>\n");
    for (unsigned i = 0; i < CLASS_COUNT; i++) {
        size_t count = totals->free_of_class[i];
        if (count == 0 || size_classes[i].zone_type != type)
            continue;
        size_t from = i == 0 ? 0 : size_classes[i - 1].payload_bytes + 1;
        size_t to = size_classes[i].payload_bytes;
        fprintf(stream, "<size from=\"%zu\" to=\"%zu\" total=\"%zu\" count=\"%zu\"/>\n", from, to, count * to, count);
    }
    fprintf(stream, "</sizes>\n");
}

/* The elements are glibc's, so that whoever reads its answer reads ours; a "heap" is all zones of a type. */
FT_EXPORT int malloc_info(int options, FILE *stream)
{
    if (options != 0)
        return EINVAL;
    struct heap_totals totals = heap_totals_count();
    const struct zone_totals *large = &totals.of_type[ZONE_LARGE];
    fprintf(stream, "<malloc version=\"1\">\n");
    for (unsigned type = ZONE_TINY; type <= ZONE_LARGE; type++) {
        fprintf(stream, "<heap nr=\"%u\" type=\"%s\" zones=\"%zu\">\n", type - ZONE_TINY, zone_type_name(type),
                totals.of_type[type].zone_count);
        print_sizes(stream, &totals, type);
        print_totals(stream, &totals.of_type[type]);
        print_system(stream, &totals.of_type[type]);
        fprintf(stream, "</heap>\n");
    }
    print_totals(stream, &totals.sum);
    fprintf(stream, "<total type=\"mmap\" count=\"%zu\" size=\"%zu\"/>\n", large->zone_count, large->mapped_bytes);
    print_system(stream, &totals.sum);
    fprintf(stream, "</malloc>\n");
    return 0;
}
