#define _GNU_SOURCE
#include "platform/image.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/text.h"
#include "platform/file.h"

int image_map(const char *path, struct image *image)
{
    struct stat status;
    int descriptor = path[0] == '/' ? file_open(path, O_RDONLY | O_NONBLOCK) : -1;
    if (descriptor < 0)
        return 0;
    void *bytes = MAP_FAILED;
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
        bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    file_close(descriptor);
    if (bytes == MAP_FAILED)
        return 0;
    *image = (struct image){.bytes = bytes, .size_bytes = (size_t)status.st_size};
    return 1;
}

void image_unmap(const struct image *image)
{
    munmap((void *)image->bytes, image->size_bytes);
}

const void *image_at(const struct image *image, uint64_t offset, uint64_t size)
{
    if (offset > image->size_bytes || size > image->size_bytes - offset)
        return NULL;
    return image->bytes + offset;
}

const ElfW(Ehdr) *image_header(const struct image *image)
{
    const ElfW(Ehdr) *header = image_at(image, 0, sizeof(*header));
    if (header == NULL || header->e_ident[EI_MAG0] != ELFMAG0 || header->e_ident[EI_MAG1] != ELFMAG1
        || header->e_ident[EI_MAG2] != ELFMAG2 || header->e_ident[EI_MAG3] != ELFMAG3
        || header->e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32))
        return NULL;
    return header;
}

const ElfW(Shdr) *image_sections(const struct image *image, const ElfW(Ehdr) *header)
{
    return image_at(image, header->e_shoff, (uint64_t)header->e_shnum * sizeof(ElfW(Shdr)));
}

const ElfW(Shdr) *image_section(const struct image *image, const ElfW(Ehdr) *header, const char *name)
{
    const ElfW(Shdr) *sections = image_sections(image, header);
    size_t name_bytes = text_length(name) + 1;
    if (sections == NULL || header->e_shstrndx >= header->e_shnum)
        return NULL;
    for (unsigned i = 0; i < header->e_shnum; i++) {
        const char *found = image_at(image, sections[header->e_shstrndx].sh_offset + sections[i].sh_name, name_bytes);
        if (found != NULL && found[name_bytes - 1] == '\0' && text_equal(found, name))
            return &sections[i];
    }
    return NULL;
}
