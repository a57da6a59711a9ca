# Poterne. `make help` lists what there is to do.
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
PORT    ?= 8080
VAR     ?= var
CC      ?= gcc
VERSION := 0.1.0

PACKAGES := libsodium sqlite3 jansson libcmark yaml-0.1 libdeflate libbrotlienc libcurl libutf8proc
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wwrite-strings -Wpointer-arith -Wcast-qual -Wformat=2 -Wundef -Wvla -Werror
HARDEN   := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE
CFLAGS   ?= $(HARDEN) -g
LDFLAGS  ?= -pie -Wl,-z,relro,-z,now
POT_CFLAGS = -std=c17 -D_GNU_SOURCE -pthread $(WARNINGS) -Isrc -DPOTERNE_VERSION='"$(VERSION)"' \
            -DPOTERNE_SHARE='"$(PREFIX)/share/poterne"' \
            $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LDLIBS   = $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lfcgi -linih -lunistring -lm

# src/ORDER is the source list, the reading order and the input of the include lint.
STEMS   := $(shell cat src/ORDER)
SOURCES := $(wildcard $(STEMS:%=src/%.c))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/obj/%.o)
LIBRARY := $(filter-out $(BUILD)/obj/app/main.o,$(OBJECTS))

UNITS      := $(wildcard tests/unit/*.c)
UNIT_BINS  := $(UNITS:tests/unit/%.c=$(BUILD)/unit/%)

.PHONY: all unit interop clean help

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
	@status=0; for t in $(UNIT_BINS); do $$t || status=1; done; exit $$status

$(BUILD)/interop/%: tests/interop/%.c $(BUILD)/libpoterne.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(POT_CFLAGS) -o $@ $< $(BUILD)/libpoterne.a $(LDFLAGS) $(LDLIBS)

# Tokens to and from another implementation, from npm at the versions that the lock file pins.
interop: $(BUILD)/interop/peer $(BUILD)/interop/own_path
	@test -d tests/interop/node_modules || (cd tests/interop && npm ci --silent --ignore-scripts --no-audit --no-fund)
	@node tests/interop/paseto.mjs $(BUILD)/interop/peer
	@node tests/interop/own_path.mjs $(BUILD)/interop/own_path

clean:
	rm -rf $(BUILD)

-include $(OBJECTS:.o=.d) $(UNIT_BINS:=.d)
