# fluxtask: build, install, test. "make help" lists the targets.

EXTENSION = fluxtask
EXTENSION_VERSION = 1.0
MODULE_big = fluxtask
OBJS = $(sort $(patsubst %.c,%.o,$(wildcard src/*.c src/*/*.c)) src/stdlib/embedded_sources.o)
DATA_built = sql/fluxtask--$(EXTENSION_VERSION).sql
PGFILEDESC = "fluxtask - Flux tasks in PostgreSQL"

PG_CPPFLAGS = -I$(srcdir)/src -MMD
PG_CFLAGS = -std=gnu11 -Wno-declaration-after-statement -Wextra -Wno-unused-parameter \
	-Wno-sign-compare -Wno-missing-field-initializers -Wno-cast-function-type \
	-fvisibility=hidden
SHLIB_LINK = -lpcre2-8 -lcurl -llz4 -lzstd -lm
EXTRA_CLEAN = $(OBJS:.o=.d) $(DATA_built) src/stdlib/embedded_sources.c

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
# Bitcode for the server's JIT is of no use to us and needs clang at install.
override with_llvm = no
include $(PGXS)

SQL_PARTS = $(sort $(wildcard sql/parts/*.sql))

sql/fluxtask--$(EXTENSION_VERSION).sql: $(SQL_PARTS)
	cat $(SQL_PARTS) > $@

# Packages of the library that are written in Flux, as C strings.
src/stdlib/embedded_sources.c: src/stdlib/embed.pl $(wildcard src/stdlib/flux/*.flux)
	perl $< $(sort $(wildcard src/stdlib/flux/*.flux)) > $@.tmp && mv $@.tmp $@

-include $(OBJS:.o=.d)
