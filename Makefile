# fluxtask: build, install, test.  "make help" lists the targets.

EXTENSION = fluxtask
EXTENSION_VERSION = 1.0
MODULE_big = fluxtask
OBJS = $(sort $(patsubst %.c,%.o,$(wildcard src/*.c src/*/*.c)) src/stdlib/embedded_sources.o)
DATA_built = sql/fluxtask--$(EXTENSION_VERSION).sql
PGFILEDESC = "fluxtask - Flux tasks in PostgreSQL"

# Hidden symbols and PostgreSQL 15, whose PGDLLEXPORT is empty: say what it means.
PG_CPPFLAGS = -I$(srcdir)/src -I$(libpq_srcdir) -MMD -MP -MP -D'PGDLLEXPORT=__attribute__((visibility("default")))'
PG_CFLAGS = -std=gnu11 -Wno-declaration-after-statement -Wextra -Wno-unused-parameter \
	-Wno-sign-compare -Wno-missing-field-initializers -Wno-cast-function-type \
	-Werror=implicit-function-declaration -fvisibility=hidden
SHLIB_LINK_INTERNAL = $(libpq)
SHLIB_LINK = -lpcre2-8 -lcurl -lzstd -lcrypto -lyaml -lm
EXTRA_CLEAN = $(OBJS:.o=.d) $(DATA_built) src/stdlib/embedded_sources.c \
	test/unit/bin test/fuzz/bin

# make installcheck REGRESS=x narrows it; the server is the one that PGHOST
# and the like name.  "make check" needs no server.
REGRESS = $(sort $(basename $(notdir $(wildcard test/sql/*.sql))))
REGRESS_OPTS = --inputdir=test --load-extension=fluxtask

PG_CONFIG ?= pg_config
export PG_CONFIG
# Bitcode for the server's JIT is of no use to us and needs clang at install.
override with_llvm = no

# Targets of our own.  They need no PGXS, so that they work on a machine where
# nothing is installed yet, and PGXS' own "check" stays out of the way.
OWN_TARGETS = help deps check check-lint check-unit check-fuzz check-flux check-random check-regress \
	check-isolation check-tap check-docs check-demo check-valgrind check-sanitizer check-servers accept-flux accept-regress accept-docs \
	demo demo-stop bench fuzz format format-check lint
.PHONY: $(OWN_TARGETS)

ifneq ($(filter-out $(OWN_TARGETS),$(or $(MAKECMDGOALS),all)),)
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifeq ($(wildcard $(PGXS)),)
$(error $(PG_CONFIG) knows no PostgreSQL server headers: run "make deps", or set PG_CONFIG)
endif
include $(PGXS)

SQL_PARTS = $(sort $(wildcard sql/parts/*.sql))

sql/fluxtask--$(EXTENSION_VERSION).sql: $(SQL_PARTS)
	cat $(SQL_PARTS) > $@

# Packages of the library that are written in Flux, as C strings.
src/stdlib/embedded_sources.c: src/stdlib/embed.pl $(wildcard src/stdlib/flux/*.flux)
	perl $< $(sort $(wildcard src/stdlib/flux/*.flux)) > $@.tmp && mv $@.tmp $@

# Decoding is where reading spends its time.
src/storage/codec_bits.o src/storage/codec_integer.o src/storage/codec_float.o src/execute/exec_kernel.o: CFLAGS += -O3

-include $(OBJS:.o=.d)
else

export T

help:
	@echo "make                    build"
	@echo "make install            install into the server of PG_CONFIG"
	@echo "make installcheck       SQL tests on a running server (REGRESS=x: one of them)"
	@echo "make demo               two minutes of the real thing; make demo-stop ends it"
	@echo "make check              everything, on private clusters; installs what Debian lacks"
	@echo "make check-X            one suite: lint unit flux regress isolation docs tap demo fuzz (T=x: one test)"
	@echo "make check-random       random pipelines alone (RANDOM_PIPELINES=10000 SEED=7 JOBS=4)"
	@echo "make check-sanitizer    SQL and Flux tests with assertions and undefined-behaviour sanitizer"
	@echo "make check-valgrind     the same under valgrind: slow"
	@echo "make check-servers      SQL, Flux and TAP tests on PostgreSQL 17 and 18, in chroots"
	@echo "make accept-flux T=x    write the answers of Flux cases anew, for review"
	@echo "make accept-regress T=x take the last answer of an SQL or isolation test as right, for review"
	@echo "make accept-docs        write the answers of examples in the documentation anew, for review"
	@echo "make bench              benchmarks against hand-written SQL (T=x: one of them)"
	@echo "make fuzz T=x           fuzz for FUZZ_SECONDS (60)"
	@echo "make format             clang-format the C sources; format-check only looks"
	@echo "make lint               warnings, house rules, spelling"
	@echo "make deps               install the Debian packages needed"
	@echo "make clean              remove what was built"

deps:
	@test/deps.sh

check:
	@test/check.sh

check-lint check-unit check-flux check-random check-regress check-isolation check-tap check-docs check-demo check-fuzz:
	@test/check.sh $(@:check-%=%)

# The SQL and Flux tests once more with assertions and the undefined-behaviour
# sanitizer, and under valgrind's memcheck as well (slow).
check-sanitizer check-valgrind:
	@CHECKED=$(@:check-%=%) test/check.sh regress flux isolation docs

# Other versions of PostgreSQL, each in a Debian of its own (root, downloads).
check-servers:
	@test/servers.sh

lint:
	@test/check.sh lint

accept-flux accept-regress accept-docs:
	@test/check.sh $@

fuzz:
	@FUZZ_SECONDS=$${FUZZ_SECONDS:-60} test/check.sh fuzz

demo:
	@test/demo/demo.sh

demo-stop:
	@test/demo/demo.sh stop

bench:
	@test/bench/bench.sh

# All of C but what is made.
FORMATTED = $(filter-out src/stdlib/embedded_sources.c, \
	$(wildcard src/*.[ch] src/*/*.[ch] test/unit/*.[ch] test/fuzz/*.[ch] test/bench/*.[ch]))

format:
	clang-format -i $(FORMATTED)

format-check:
	clang-format --dry-run -Werror $(FORMATTED)

endif
