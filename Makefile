# ftmalloc: `make help` lists the targets. Plain `make` needs a C compiler and make, nothing else.

PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
DATADIR ?= $(PREFIX)/share
DESTDIR ?=
EXTENSION := $(DATADIR)/ftmalloc/gdbplugin
# gdb loads what lies under this directory by itself: <directory>/<full path of a library>-gdb.py
GDB_AUTOLOAD_DIR ?= /usr/share/gdb/auto-load

ifeq ($(origin CC),default)
CC := $(firstword $(foreach name,cc gcc clang,$(if $(shell command -v $(name)),$(name))) cc)
endif
AR ?= ar

BUILD   := build
SOURCES := $(sort $(wildcard allocator_c/*/*.c))
# A source that comes or goes changes its folder: what is linked from the sources of a folder depends on it.
FOLDERS := $(sort $(dir $(SOURCES)))
OBJECTS := $(SOURCES:allocator_c/%.c=$(BUILD)/objects/%.o)

CFLAGS ?= -O2 -g
# The compiler must not turn our own loops and calls into calls of the functions that they implement.
NO_BUILTINS := $(addprefix -fno-builtin-,malloc calloc realloc reallocarray free aligned_alloc posix_memalign memalign)
FT_CFLAGS   := -std=gnu11 -fPIC -fvisibility=hidden -ftls-model=initial-exec -fno-plt -fno-strict-aliasing \
               -ffunction-sections -Wall -Wextra -Iallocator_c $(NO_BUILTINS)
# nodelete: thread-exit hooks point into the library. now: no symbol is looked up inside malloc. noseparate-code: one
# segment holds what most processes run and read, see order.ld.
ORDER       := allocator_c/order.ld
FT_LDFLAGS  := -shared -Wl,-soname,libftmalloc.so -Wl,-z,now -Wl,-z,relro -Wl,-z,nodelete -Wl,--no-undefined \
               -static-libgcc -pthread -Wl,-z,noseparate-code -Wl,-T,$(ORDER)

.PHONY: force all demo test test-aarch64 test-gdb bench install uninstall clean help
.DELETE_ON_ERROR:

all: $(BUILD)/libftmalloc.so $(BUILD)/libftmalloc.a $(BUILD)/libftmalloc_scan.so $(BUILD)/bytecode ## build the library (.so and .a) and the extension's kernel in build/

$(BUILD)/objects/%.o: allocator_c/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(FT_CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/libftmalloc.so: $(OBJECTS) $(FOLDERS) $(ORDER)
	$(CC) $(CFLAGS) $(FT_LDFLAGS) $(LDFLAGS) -o $@ $(OBJECTS)

# One relocatable object, so that a program which uses any of our functions gets all of them, and none of libc's.
$(BUILD)/libftmalloc.a: $(OBJECTS) $(FOLDERS)
	$(CC) -r -nostdlib -o $(BUILD)/objects/ftmalloc.o $(OBJECTS)
	rm -f $@
	$(AR) rcs $@ $(BUILD)/objects/ftmalloc.o

# What the gdb extension calls to scan big heaps; it does without, more slowly.
KERNEL := $(sort $(wildcard gdbplugin/kernel/*.c))
KERNEL_SOURCES := gdbplugin/ftheap/kernel.py $(sort $(KERNEL) $(wildcard gdbplugin/kernel/*.h))
# In the library as they are, so that the extension knows one that was built from others. New when they are others.
$(BUILD)/kernel_sources: force
	@mkdir -p $(@D)
	@cat $(KERNEL_SOURCES) | cmp -s - $@ || cat $(KERNEL_SOURCES) > $@
$(BUILD)/libftmalloc_scan.so: $(BUILD)/kernel_sources Makefile
	$(CC) $(CFLAGS) -std=gnu11 -DKERNEL_SOURCES='"$(BUILD)/kernel_sources"' -fPIC -fvisibility=hidden -Wall -Wextra -shared -pthread $(LDFLAGS) -o $@ $(KERNEL)

# Half of the time that gdb needs to load the extension is the compiling of its Python, where nobody did it before.
# The hash of a source tells whether its bytecode still holds, so that an edit of the same second is seen too.
COMPILE_PYTHON = python3 -m compileall -q --invalidation-mode checked-hash
$(BUILD)/bytecode: $(wildcard gdbplugin/ftheap/*.py gdbplugin/ftheap/*/*.py)
	@mkdir -p $(@D)
	@-! command -v python3 > /dev/null || $(COMPILE_PYTHON) gdbplugin/ftheap
	@touch $@

-include $(OBJECTS:.o=.d)

demo: ## crash and leak real programs, and see what gdb says (installs what it needs)
	@setup/install demo
	@$(MAKE) --no-print-directory -s all
	@demo/run

test: ## every ring of the tests, or TESTS="tests/gdb -k leak" (installs what it needs)
	@setup/install test
	@$(MAKE) --no-print-directory -s all
	@tests/run $(TESTS)

test-aarch64: ## the tests for aarch64, under qemu and gdb-multiarch (installs what it needs)
	@setup/install test
	@setup/install aarch64
	@$(MAKE) --no-print-directory -s all
	@tests/run tests/aarch64 $(TESTS)

GDB_VERSION ?= 18.1
test-gdb: ## the tests of the extension with another gdb, GDB_VERSION=18.1 (installs what it needs)
	@setup/install test
	@setup/install gdb
	@$(MAKE) --no-print-directory -s all
	@tests/with-gdb $(GDB_VERSION) $(TESTS)

bench: ## time and memory beside the other allocators, options in BENCH="--quick" (installs what it needs)
	@setup/install bench
	@$(MAKE) --no-print-directory -s all
	@/usr/bin/python3 bench/run.py $(BENCH)

# A program linked with -lftmalloc is started by the loader's list of libraries; only root may write it, and a package
# (DESTDIR) does so where it is unpacked.
REFRESH_LOADER = @test -n "$(DESTDIR)" || ! test -w /etc/ld.so.cache || ldconfig

install: all ## install library, header and gdb extension under PREFIX, /usr/local by default (DESTDIR is honoured)
	install -d $(DESTDIR)$(LIBDIR) $(DESTDIR)$(PREFIX)/include
	install -m 755 $(BUILD)/libftmalloc.so $(DESTDIR)$(LIBDIR)/
	install -m 644 $(BUILD)/libftmalloc.a $(DESTDIR)$(LIBDIR)/
	install -m 644 allocator_c/include/*.h $(DESTDIR)$(PREFIX)/include/
	rm -rf $(DESTDIR)$(EXTENSION)
	install -d $(DESTDIR)$(EXTENSION)
	cp -r gdbplugin/ftmalloc.py gdbplugin/ftheap gdbplugin/*.md $(DESTDIR)$(EXTENSION)/
	install -m 755 $(BUILD)/libftmalloc_scan.so $(DESTDIR)$(EXTENSION)/
	find $(DESTDIR)$(EXTENSION) -name __pycache__ -prune -exec rm -rf {} +
	-! command -v python3 > /dev/null || \
		$(COMPILE_PYTHON) -s "$(DESTDIR)" -p / $(DESTDIR)$(EXTENSION)/ftheap
	install -d $(DESTDIR)$(GDB_AUTOLOAD_DIR)$(LIBDIR)
	printf 'import gdb\n\nif not hasattr(gdb, "ftmalloc_extension"):\n    gdb.execute("source %s")\n' \
		$(EXTENSION)/ftmalloc.py \
		> $(DESTDIR)$(GDB_AUTOLOAD_DIR)$(LIBDIR)/libftmalloc.so-gdb.py
	$(REFRESH_LOADER)

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(LIBDIR)/libftmalloc.so $(DESTDIR)$(LIBDIR)/libftmalloc.a
	rm -f $(patsubst allocator_c/include/%,$(DESTDIR)$(PREFIX)/include/%,$(wildcard allocator_c/include/*.h))
	rm -rf $(DESTDIR)$(dir $(EXTENSION))
	rm -f $(DESTDIR)$(GDB_AUTOLOAD_DIR)$(LIBDIR)/libftmalloc.so-gdb.py
	$(REFRESH_LOADER)

clean: ## remove build/
	rm -rf $(BUILD)
	find gdbplugin -name __pycache__ -prune -exec rm -rf {} +

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | while IFS='	' read -r target text; do printf '  make %-13s %s\n' "$$target" "$$text"; done
