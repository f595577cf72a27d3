#define _GNU_SOURCE
#include "platform/symbol.h"

#include "base/text.h"
#include "platform/image.h"

#define TYPE_OF_SYMBOL(info) ((info) & 0xf)

/* From the place in the file to the address as linked. */
static int linked_address(const struct image *image, const ElfW(Ehdr) *header, uint64_t file_offset, uint64_t *linked)
{
    const ElfW(Phdr) *segments = image_at(image, header->e_phoff, (uint64_t)header->e_phnum * sizeof(*segments));
    for (unsigned i = 0; segments != NULL && i < header->e_phnum; i++) {
        const ElfW(Phdr) *segment = &segments[i];
        if (segment->p_type != PT_LOAD || file_offset < segment->p_offset
            || file_offset - segment->p_offset >= segment->p_filesz)
            continue;
        *linked = file_offset - segment->p_offset + segment->p_vaddr;
        return 1;
    }
    return 0;
}

static void search_table(const struct image *image, const ElfW(Shdr) *table, const ElfW(Shdr) *strings, uint64_t linked,
                         struct symbol *found)
{
    const ElfW(Sym) *symbols = image_at(image, table->sh_offset, table->sh_size);
    const char *names = image_at(image, strings->sh_offset, strings->sh_size);
    if (symbols == NULL || names == NULL || strings->sh_size == 0)
        return;
    for (uint64_t i = 0; i < table->sh_size / sizeof(*symbols); i++) {
        const ElfW(Sym) *symbol = &symbols[i];
        if (TYPE_OF_SYMBOL(symbol->st_info) != STT_FUNC || symbol->st_shndx == SHN_UNDEF || linked < symbol->st_value
            || linked - symbol->st_value >= symbol->st_size || symbol->st_name >= strings->sh_size)
            continue;
        struct text name = text_in(found->function, sizeof(found->function));
        for (uint64_t at = symbol->st_name; at < strings->sh_size && names[at] != '\0'; at++)
            text_add_char(&name, names[at]);
        found->function_offset = linked - symbol->st_value;
        return;
    }
}

static void search_tables(const struct image *image, const ElfW(Ehdr) *header, uint32_t type, uint64_t linked,
                          struct symbol *found)
{
    const ElfW(Shdr) *sections = image_sections(image, header);
    for (unsigned i = 0; sections != NULL && i < header->e_shnum && found->function[0] == '\0'; i++)
        if (sections[i].sh_type == type && sections[i].sh_link < header->e_shnum)
            search_table(image, &sections[i], &sections[sections[i].sh_link], linked, found);
}

int symbol_find(const struct mapping *mapping, uintptr_t address, struct symbol *found)
{
    struct image image;
    int known = 0;
    found->function[0] = '\0';
    if (!image_map(mapping->path, &image))
        return 0;
    const ElfW(Ehdr) *header = image_header(&image);
    if (header != NULL
        && linked_address(&image, header, address - mapping->start + mapping->file_offset, &found->module_offset)) {
        known = 1;
        search_tables(&image, header, SHT_SYMTAB, found->module_offset, found);
        search_tables(&image, header, SHT_DYNSYM, found->module_offset, found);
    }
    image_unmap(&image);
    return known;
}
