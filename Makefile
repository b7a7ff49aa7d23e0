# saring. `make help` lists what there is; filter/README.md says how it hangs together.
LIBS     := libpcre2-8 libcurl libxml-2.0 jansson yajl yaml-0.1 hiredis sqlite3 libutf8proc \
            libidn2 libpsl libxxhash libulfius libmicrohttpd libsodium nettle liboath libqrencode zlib uchardet libcares gnutls
WARN     := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wvla -Werror
CPPFLAGS := -I. -D_GNU_SOURCE $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
CFLAGS   := -std=c17 -g $(WARN) -fstack-protector-strong -fno-omit-frame-pointer -MMD -MP
LDLIBS   := $(shell pkg-config --libs $(LIBS) 2>/dev/null) -lstemmer -lm -lpthread
OPT      := -O2 -D_FORTIFY_SOURCE=2 -fPIE
ASAN     := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ     := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
CC       := $(shell command -v ccache 2>/dev/null) gcc
CLANG    := $(shell command -v ccache 2>/dev/null) clang

SOURCES  := $(shell find filter feeds -name '*.c')
LIBRARY  := $(filter-out filter/cli/main.c filter/pull/main.c,$(SOURCES))
UNIT     := $(shell find tests/filter tests/feeds -name 'test_*.c' 2>/dev/null)
SUPPORT  := $(filter-out $(UNIT) tests/feeds/feed_eval.c tests/filter/rule/sigma_eval.c,$(shell find tests/filter tests/feeds -name '*.c' 2>/dev/null))
TARGETS  := $(notdir $(basename $(wildcard tests/fuzz/fuzz_*.c)))
SEEDS    := $(patsubst %.c,build/release/%,$(wildcard tests/system/*.c))
BENCHES  := $(wildcard tests/bench/*.c)
PROGRAMS := $(BENCHES:tests/%.c=build/release/tests/%)
BENCHLIB := $(wildcard tests/bench/support/*.c)
JOBS      = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
objects   = $(patsubst %.c,build/$(1)/%.o,$(2))

ifeq ($(filter run check check-system bench lint format clean help install-%,$(MAKECMDGOALS)),)
ifneq ($(shell pkg-config --exists $(LIBS) 2>/dev/null && echo yes),yes)
$(error pustaka belum lengkap / libraries are missing: make install-build)
endif
endif

all: build/saring build/saring-pull ## build the release programs, build/saring and build/saring-pull

run: install-build ## install what is missing, build, read feeds/example, serve the console
	@$(MAKE) --no-print-directory $(JOBS) build/saring
	build/saring run

check: install-test ## install what tests need, build under ASan and UBSan, run all tests
	@$(MAKE) --no-print-directory $(JOBS) build/saring build/saring-pull build/asan/saring unit-tests $(SEEDS) \
	  $(PROGRAMS)
	tests/run unit fuzz system

unit: unit-tests ## the unit tests and the replayed fuzz seeds alone
	tests/run unit fuzz

system: build/saring build/saring-pull $(SEEDS) ## the system tests alone: real servers on loopback
	tests/run system

check-system: install-test ## the long ones: every resolver and proxy that is installed, a hidden primary
	@$(MAKE) --no-print-directory $(JOBS) build/saring build/saring-pull $(SEEDS)
	tests/run long

lint: ## layers, format, headers that stand alone, clang-tidy
	tests/lint

format: ## lay out all C files as .clang-format says
	clang-format -i $$(git ls-files '*.c' '*.h')

fuzz: $(TARGETS:%=build/fuzz/%) ## fuzz every target for SECONDS=60 each
	for t in $(TARGETS); do mkdir -p build/corpus/$$t; build/fuzz/$$t -max_total_time=$(or $(SECONDS),60) \
	  -print_final_stats=1 build/corpus/$$t tests/fuzz/$$t.in || exit 1; done

bench: install-test ## ratios against peers, into build/bench.json
	@$(MAKE) --no-print-directory $(JOBS) build/saring $(PROGRAMS) $(SEEDS)
	tests/bench/run $(PROGRAMS) $(wildcard tests/bench/*.sh)

install-build: ## install the packages that building needs (apt-get, asks for root)
	.ci/install build

install-test: ## install the packages that tests need; servers are not started
	.ci/install build test

clean: ## remove build/
	rm -rf build

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 15

unit-tests: $(UNIT:%.c=build/asan/%) $(TARGETS:%=build/asan/%)

build/saring: build/release/filter/cli/main.o build/release/libsaring.a
	@echo $@; $(CC) -pie -Wl,-z,relro,-z,now -o $@ $^ $(LDLIBS)

# What runs on a resolver: no engine, no console, no database.
PULLLIBS := $(shell pkg-config --libs libcurl libsodium nettle jansson libidn2 libpsl libutf8proc 2>/dev/null)
build/saring-pull: build/release/filter/pull/main.o build/release/libsaring.a
	@echo $@; $(CC) -pie -Wl,-z,relro,-z,now -o $@ $^ $(PULLLIBS)

build/asan/saring: build/asan/filter/cli/main.o build/asan/libsaring.a
	@echo "  $@"; $(CC) $(ASAN) -o $@ $^ $(LDLIBS)

build/tests/feed-eval: build/release/tests/feeds/feed_eval.o build/release/libsaring.a
	@mkdir -p $(@D) && echo $@; $(CC) -pie -o $@ $^ $(LDLIBS)

build/tests/sigma-eval: $(patsubst %,build/release/tests/filter/rule/%.o,sigma_eval sigma_event) build/release/libsaring.a
	@mkdir -p $(@D) && echo $@; $(CC) -pie -o $@ $^ $(LDLIBS)

build/%/libsaring.a: ; @rm -f $@ && ar rcs $@ $^
build/release/libsaring.a: $(call objects,release,$(LIBRARY))
build/asan/libsaring.a: $(call objects,asan,$(LIBRARY) $(SUPPORT))
build/fuzz/libsaring.a: $(call objects,fuzz,$(LIBRARY) $(SUPPORT))

build/asan/tests/%: build/asan/tests/%.o build/asan/libsaring.a
	@echo "  $@"; $(CC) $(ASAN) -o $@ $^ $(LDLIBS) -lcmocka

build/asan/fuzz_%: build/asan/tests/fuzz/fuzz_%.o build/asan/tests/fuzz/replay.o build/asan/libsaring.a
	@echo "  $@"; $(CC) $(ASAN) -o $@ $^ $(LDLIBS)

build/fuzz/fuzz_%: build/fuzz/tests/fuzz/fuzz_%.o build/fuzz/libsaring.a
	@echo "  $@"; $(CLANG) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LDLIBS)

build/release/tests/bench/%: build/release/tests/bench/%.o $(call objects,release,$(BENCHLIB)) build/release/libsaring.a
	@echo "  $@"; $(CC) -o $@ $^ $(LDLIBS) -lyara -lhs

$(foreach kind,release asan fuzz,build/$(kind)/filter/console/style.o): filter/console/style.css
$(foreach kind,release asan fuzz,build/$(kind)/filter/console/script.o): filter/console/app.js
$(foreach kind,release asan fuzz,build/$(kind)/filter/blocklist/shipped.o): $(wildcard rules/protected/*.txt)
build/release/tests/system/%: build/release/tests/system/%.o build/release/libsaring.a
	@echo "  $@"; $(CC) -o $@ $^ $(LDLIBS)

build/release/%.o: %.c
	@mkdir -p $(@D) && echo "  $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(OPT) -c -o $@ $<
build/asan/%.o: %.c
	@mkdir -p $(@D) && echo "  $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(ASAN) -c -o $@ $<
build/fuzz/%.o: %.c
	@mkdir -p $(@D) && echo "  $< (fuzz)"
	@$(CLANG) $(CPPFLAGS) $(CFLAGS) $(FUZZ) -c -o $@ $<

# The speech samples are built in (.incbin, which -MMD does not see).
build/release/filter/rule/speech.o build/asan/filter/rule/speech.o build/fuzz/filter/rule/speech.o: $(wildcard rules/speech/*.ndjson)

-include $(shell find build -name '*.d' 2>/dev/null)
.SECONDARY:
.PHONY: all run check check-system unit system lint format fuzz bench install-build install-test clean help unit-tests
