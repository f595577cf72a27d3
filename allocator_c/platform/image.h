/* A module's file, mapped to be read: an ELF image as it lies on disk. It is untrusted: every access is checked. */
#ifndef FT_PLATFORM_IMAGE_H
#define FT_PLATFORM_IMAGE_H

#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>

struct image {
    const char *bytes;
    size_t size_bytes;
};

/* Returns 0 when the file can't be read. */
int image_map(const char *path, struct image *image);
void image_unmap(const struct image *image);
/* NULL when [offset, offset + size) is not inside of the image. */
const void *image_at(const struct image *image, uint64_t offset, uint64_t size);
/* NULL when it is no ELF image of this machine's width. */
const ElfW(Ehdr) *image_header(const struct image *image);
/* header->e_shnum sections; NULL: there are none. */
const ElfW(Shdr) *image_sections(const struct image *image, const ElfW(Ehdr) *header);
/* NULL: no section has that name. */
const ElfW(Shdr) *image_section(const struct image *image, const ElfW(Ehdr) *header, const char *name);

#endif
