# Poterne. `make help` lists what there is to do.
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
PORT    ?= 8080
VAR     ?= var
CC      ?= gcc
VERSION := 0.1.0

export BUILD

PACKAGES := libsodium sqlite3 jansson libcmark yaml-0.1 libdeflate libbrotlienc libutf8proc
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wwrite-strings -Wpointer-arith -Wcast-qual -Wformat=2 -Wundef -Wvla -Werror
HARDEN   := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE
CFLAGS   ?= $(HARDEN) -g
LDFLAGS  ?= -pie -Wl,-z,relro,-z,now
POT_CFLAGS = -std=c17 -D_GNU_SOURCE -pthread $(WARNINGS) -Isrc -DPOTERNE_VERSION='"$(VERSION)"' \
            -DPOTERNE_SHARE='"$(PREFIX)/share/poterne"' \
            $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null) \
            $(if $(findstring clang,$(CC)),-Wno-string-concatenation)
LDLIBS   = $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lfcgi -linih -lunistring -lstemmer -lresolv -lm

# src/ORDER is the source list, the reading order and the input of the include lint.
STEMS   := $(shell cat src/ORDER)
SOURCES := $(wildcard $(STEMS:%=src/%.c))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/obj/%.o)
LIBRARY := $(filter-out $(BUILD)/obj/app/main.o,$(OBJECTS))

UNITS      := $(wildcard tests/unit/*.c)
UNIT_BINS  := $(UNITS:tests/unit/%.c=$(BUILD)/unit/%)
TOOLS      := $(patsubst tests/tools/%.c,$(BUILD)/tools/%,$(filter-out %/inject_select.c %/starve.c,$(wildcard tests/tools/*.c)))
FUZZERS    := $(patsubst tests/fuzz/%.c,%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
REPLAYS    := $(FUZZERS:%=$(BUILD)/replay/%)
MANUALS    := $(wildcard man/*.[158])

.PHONY: all help run test check tsan lint unit interop http browser quality fuzz bench coverage install uninstall clean \
        test-programs test-packages

all: $(BUILD)/poterne

$(BUILD)/poterne: $(OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) -pthread -o $@ $^ $(LDLIBS)

$(BUILD)/obj/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(POT_CFLAGS) -MMD -MP -c -o $@ $<

# Every unit test links the whole program but main: what it does not use the linker drops.
$(BUILD)/libpoterne.a: $(LIBRARY)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libpoterne.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(POT_CFLAGS) -MMD -MP -Itests/unit -o $@ $< $(BUILD)/libpoterne.a $(LDFLAGS) $(LDLIBS) -lcmocka

unit: $(UNIT_BINS)
	@tests/run unit

# A library to preload, for the test that injects a SELECT.
$(BUILD)/tools/%.so: tests/tools/%.c
	@mkdir -p $(@D)
	$(CC) -O1 -g -std=c17 -D_GNU_SOURCE $(WARNINGS) -Wno-pedantic -Wno-missing-prototypes -fPIC -shared -o $@ $< -ldl

$(BUILD)/tools/%: tests/tools/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(POT_CFLAGS) -o $@ $< $(LDFLAGS)

$(BUILD)/interop/%: tests/interop/%.c $(BUILD)/libpoterne.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(POT_CFLAGS) -o $@ $< $(BUILD)/libpoterne.a $(LDFLAGS) $(LDLIBS)

# Each fuzz target once over its stored inputs.
$(BUILD)/replay/%: tests/fuzz/%.c tests/fuzz/replay.c $(BUILD)/libpoterne.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(POT_CFLAGS) -o $@ $< tests/fuzz/replay.c $(BUILD)/libpoterne.a $(LDFLAGS) $(LDLIBS)

$(BUILD)/bench/%: tests/bench/%.c $(BUILD)/libpoterne.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(POT_CFLAGS) -o $@ $< $(BUILD)/libpoterne.a $(LDFLAGS) $(LDLIBS)

# Tokens to and from another implementation, from npm at the versions that the lock file pins.
interop: $(BUILD)/interop/peer tests/node_modules/.ready
	@tests/run interop

http: all $(TOOLS)
	@tests/run http

browser: all $(TOOLS) tests/node_modules/.ready
	@tests/run browser

quality: all $(TOOLS) tests/node_modules/.ready
	@tests/run quality

tests/node_modules/.ready: tests/package-lock.json tests/.npmrc
	cd tests && npm ci --silent
	@touch $@

test-packages:
	@sh deploy/packages.sh test

test-programs: all $(UNIT_BINS) $(TOOLS) $(REPLAYS) $(BUILD)/interop/peer

# Everything, after installing what that takes. The last line says how many cases passed and failed.
test:
	@sh deploy/packages.sh test
	@$(MAKE) -s -j2 test-programs tests/node_modules/.ready
	@tests/run unit fuzz interop golden http browser quality

# The same under AddressSanitizer and UBSan, in a build folder of its own. Browsers and checkers see no difference: left out.
SANITIZE = -O1 -g -fno-omit-frame-pointer -DPOTERNE_SANITIZED
check:
	@sh deploy/packages.sh check
	@$(MAKE) -s -j2 BUILD=build-asan CC=clang LDFLAGS="-fsanitize=address,undefined" \
		CFLAGS="$(SANITIZE) -fsanitize=address,undefined -fno-sanitize-recover=all" test-programs tests/node_modules/.ready
	@echo "AddressSanitizer, UBSan and LeakSanitizer; the browser and quality tests are left out, they run in make test:"
	@SANITIZED=1 BUILD=build-asan tests/run unit fuzz interop golden http

# Threads: the units that start some, and the daemon under a short load.
THREADED := fastcgi_lane kept_memory memo password paywall priority spill
tsan:
	@sh deploy/packages.sh check
	@$(MAKE) -s -j2 BUILD=build-tsan CC=clang LDFLAGS="-fsanitize=thread" CFLAGS="$(SANITIZE) -fsanitize=thread" \
		all $(TOOLS:$(BUILD)/%=build-tsan/%) $(patsubst %,build-tsan/unit/%,$(filter $(THREADED:%=%%),$(notdir $(UNITS:.c=))))
	@for unit in $(THREADED); do SANITIZED=1 BUILD=build-tsan ONLY=unit/$$unit tests/run unit || exit; done
	@SANITIZED=1 BUILD=build-tsan tests/run threads

# Figures beside their references, in under six minutes; SCALE=1 adds archives of up to a million articles.
bench:
	@sh deploy/packages.sh bench
	@$(MAKE) -s -j2 all $(BUILD)/bench/decision
	@BUILD="$(BUILD)" SCALE="$(SCALE)" tests/bench/run

# Each target for FUZZ_SECONDS, from its stored inputs; a find is kept in build-fuzz/NAME and told of.
FUZZ_SECONDS ?= 30
fuzz:
	@sh deploy/packages.sh check
	@$(MAKE) -s -j2 BUILD=build-fuzz CC=clang LDFLAGS="-fsanitize=address,undefined" \
		CFLAGS="$(SANITIZE) -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all" $(FUZZERS:%=build-fuzz/fuzz/%)
	@status=0; for t in $(FUZZERS); do mkdir -p build-fuzz/$$t build-fuzz/found/$$t; \
		printf '%-16s' $$t; build-fuzz/fuzz/$$t -max_total_time=$(FUZZ_SECONDS) -max_len=8192 -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 \
			-artifact_prefix=build-fuzz/found/$$t/ build-fuzz/$$t $$(ls -d tests/fuzz/corpus/$$t 2> /dev/null) > build-fuzz/$$t.log 2>&1 \
			&& grep -o 'executed_units: *[0-9]*' build-fuzz/$$t.log || { status=1; tail -40 build-fuzz/$$t.log; }; done; exit $$status

$(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/libpoterne.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -fsanitize=fuzzer $(POT_CFLAGS) -o $@ $< $(BUILD)/libpoterne.a $(LDFLAGS) -fsanitize=fuzzer $(LDLIBS)

# Lines and branches that unit, golden, replayed and http tests reach; the worst files first.
coverage:
	@sh deploy/packages.sh check
	@$(MAKE) -s -j2 BUILD=build-coverage CFLAGS="-O0 -g --coverage -DPOTERNE_SANITIZED" LDFLAGS="--coverage" test-programs
	@find build-coverage -name '*.gcda' -delete
	@SANITIZED=1 BUILD=build-coverage tests/run unit fuzz http | tail -3
	@gcovr --root . --object-directory build-coverage --filter src/ --exclude-unreachable-branches --exclude-throw-branches \
		--sort-percentage --txt build-coverage/lines.txt --branches 2> /dev/null || :
	@gcovr --root . --object-directory build-coverage --filter src/ --exclude-unreachable-branches \
		--sort-percentage --print-summary 2> /dev/null | tail -90

help:
	@printf '%s\n' 'make              build/poterne' \
		'make run          the demo on http://localhost:8080, until Ctrl-C (PORT=, VAR=)' \
		'make test         the whole suite; installs what it needs' \
		'make check        the suite under AddressSanitizer and UBSan' 'make tsan         threads under ThreadSanitizer' \
		'make lint         format, analysers, include order, sizes, SQL, templates, nginx, units, scripts' \
		'make fuzz         every fuzz target for FUZZ_SECONDS=30' 'make bench        figures beside their references (SCALE=1)' \
		'make coverage     lines that the tests reach' 'make unit http browser quality interop   parts of the suite (ONLY=part of a name)' \
		'make install      DESTDIR= PREFIX=/usr/local SYSCONFDIR=/etc' 'make uninstall    settings and data stay' 'make clean        build folders away'

lint:
	@sh deploy/packages.sh check
	@tests/lint/run

run:
	@PORT="$(PORT)" VAR="$(VAR)" BUILD="$(BUILD)" bash demo/run.sh

# Everything that a package would hold. Units and snippets name PREFIX; the settings file is only written when there is none.
SYSCONFDIR ?= /etc
SHARE       = $(DESTDIR)$(PREFIX)/share/poterne
UNITS_DIR   = $(DESTDIR)$(PREFIX)/lib
PLACES      = sed -e 's|/usr/bin/poterne|$(PREFIX)/bin/poterne|g' -e 's|/usr/share/poterne|$(PREFIX)/share/poterne|g' \
              -e 's|/etc/poterne/|$(SYSCONFDIR)/poterne/|g'
SAMPLE      = sed -e 's|^\#database = .*|database = /var/lib/poterne/poterne.db|' -e 's|^\#keys = .*|keys = /var/lib/poterne/keys|' \
              -e 's|^\#media = .*|media = /var/lib/poterne/media|' -e 's|^\#socket = .*|socket = /run/poterne/poterne.sock|' \
              -e 's|^\#passwords = .*|passwords = $(PREFIX)/share/poterne/common-passwords.txt|' \
              -e 's,^\#\(templates\|sql\|static\) = .*,\1 = $(PREFIX)/share/poterne/\1,'

install: $(BUILD)/poterne
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(SYSCONFDIR)/poterne" "$(SHARE)/nginx/snippets" "$(UNITS_DIR)/systemd/system" \
		"$(UNITS_DIR)/sysusers.d" "$(UNITS_DIR)/tmpfiles.d"
	install -m 755 $(BUILD)/poterne "$(DESTDIR)$(PREFIX)/bin/poterne"
	find sql templates static -type f | while read -r f; do install -D -m 644 "$$f" "$(SHARE)/$$f"; done
	install -m 644 share/common-passwords.txt "$(SHARE)/common-passwords.txt"
	for f in $(MANUALS); do install -D -m 644 $$f "$(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/$${f##*/}"; done
	for f in deploy/systemd/*; do $(PLACES) $$f > "$(UNITS_DIR)/systemd/system/$${f##*/}"; done
	install -m 644 deploy/sysusers.d/poterne.conf "$(UNITS_DIR)/sysusers.d/poterne.conf"
	install -m 644 deploy/tmpfiles.d/poterne.conf "$(UNITS_DIR)/tmpfiles.d/poterne.conf"
	for f in poterne.conf $(notdir $(wildcard deploy/nginx/snippets/*.conf)); do \
		case $$f in poterne.conf) from=deploy/nginx to="$(SHARE)/nginx" ;; *) from=deploy/nginx/snippets to="$(SHARE)/nginx/snippets" ;; esac; \
		$(PLACES) $$from/$$f > "$$to/$$f"; done
	$(SAMPLE) deploy/poterne.conf > "$(SHARE)/poterne.conf"
	test -e "$(DESTDIR)$(SYSCONFDIR)/poterne/poterne.conf" || install -m 644 "$(SHARE)/poterne.conf" "$(DESTDIR)$(SYSCONFDIR)/poterne/poterne.conf"

# Settings and data stay.
uninstall:
	rm -rf "$(SHARE)" "$(DESTDIR)$(PREFIX)/bin/poterne"
	for f in $(MANUALS); do rm -f "$(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/$${f##*/}"; done
	for f in deploy/systemd/*; do rm -f "$(UNITS_DIR)/systemd/system/$${f##*/}"; done
	rm -f "$(UNITS_DIR)/sysusers.d/poterne.conf" "$(UNITS_DIR)/tmpfiles.d/poterne.conf"

clean:
	rm -rf build build-* $(BUILD)

-include $(OBJECTS:.o=.d) $(UNIT_BINS:=.d)
