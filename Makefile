# sqs2pg: GNU make. The link lines below are the architecture: which program may hold which library.
#
#   make                 all programs into build/bin
#   make SANITIZE=1 BUILD=build/asan    the same under ASan and UBSan
#   make SANITIZE=thread BUILD=build/tsan    the same under TSan; scripts/test.sh tsan
#   make check           unit tests        make memcheck    under valgrind
#   make lint            every static check but the slow ones
#   make guard           instructions per record against bench/guard.txt
#   make millions        every method over ten million random values (a quarter of an hour)
#   make fuzz TIME=60 FUZZ='mask_policy'   libFuzzer, by clang: so many seconds each (all of tests/fuzz)
#   make test | demo     the README's two commands
#   make install PREFIX=/usr/local DESTDIR=
#
# V=1 shows the commands in full.

.DELETE_ON_ERROR:
.SUFFIXES:
SILENT    := $(findstring s,$(firstword -$(MAKEFLAGS)))
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all

VERSION    := $(shell cat VERSION)
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
MANDIR     ?= $(PREFIX)/share/man
DATADIR    ?= $(PREFIX)/share/sqs2pg
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
DESTDIR    ?=
BUILD      ?= build
CC         ?= cc
PKG_CONFIG ?= pkg-config
INSTALL    ?= install
SANITIZE   ?=
WERROR     ?=
V          ?=

# A recipe's command, and the line that stands for it.
Q    := $(if $(V),,@)
short = $(if $(V)$(SILENT),,@printf '  %-4s %s\n' '$(1)' '$(2)')

ifeq ($(origin CC),default)
CC := cc
endif

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wformat=2 -Wvla -Wcast-qual -Wwrite-strings $(if $(WERROR),-Werror)
ifeq ($(SANITIZE),thread)
HARDEN  := -fsanitize=thread -fno-omit-frame-pointer
OPTIMIZE ?= -O1 -g
HARDENLD := -fsanitize=thread
else ifneq ($(SANITIZE),)
HARDEN  := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
           $(if $(filter fuzzer,$(SANITIZE)),-fsanitize=fuzzer-no-link)
OPTIMIZE ?= -O1 -g
HARDENLD := -fsanitize=address,undefined
else
HARDEN  := -fstack-protector-strong -D_FORTIFY_SOURCE=2
OPTIMIZE ?= -O2 -g
HARDENLD :=
endif
CPPFLAGS_ALL := -D_GNU_SOURCE -DSQS2PG_VERSION='"$(VERSION)"' -DSQS2PG_DATADIR='"$(DATADIR)"' -Ilib $(CPPFLAGS)
CFLAGS_ALL   := -std=c17 $(OPTIMIZE) $(WARNINGS) $(HARDEN) -fPIE $(CFLAGS)
LDFLAGS_ALL  := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(HARDENLD) $(LDFLAGS)

# Foreign libraries, each used by the one layer (or file) that is its door.
PKG_http   := libcurl
PKG_xml    := libxml-2.0
PKG_crypto := libcrypto
PKG_pg     := libpq
PKG_confine := libseccomp
PKG_inflate := zlib
LAYERS     := base json crypto http xml pg confine inflate record aws detect credentials mask sqs
pkg_cflags  = $(shell $(PKG_CONFIG) --cflags $(1))
pkg_libs    = $(shell $(PKG_CONFIG) --libs $(1))
CFLAGS_http := $(call pkg_cflags,$(PKG_http))
CFLAGS_xml  := $(call pkg_cflags,$(PKG_xml))
CFLAGS_crypto := $(call pkg_cflags,$(PKG_crypto))
CFLAGS_pg   := $(call pkg_cflags,$(PKG_pg))
CFLAGS_confine := $(call pkg_cflags,$(PKG_confine))
CFLAGS_inflate := $(call pkg_cflags,$(PKG_inflate))

# program: our layers, top first, then what it links: least authority by process
SQS_LAYERS := sqs credentials aws record xml http crypto json base
PII_LAYERS := mask detect record confine crypto json base
UNWRAP_LAYERS := record confine inflate crypto json base
PG_LAYERS  := record pg confine json base
SCAN_LAYERS := mask detect record confine crypto json base
PROGRAMS   := sqs-pull sqs-unwrap sqs-ack sqs-send pii-scan pii-mask pii-unmask pii-keygen pg-load sqs2pg-read
LAYERS_sqs-pull   := $(SQS_LAYERS)
LAYERS_sqs-ack    := $(SQS_LAYERS)
LAYERS_sqs-send   := $(SQS_LAYERS)
LAYERS_sqs-unwrap := $(UNWRAP_LAYERS)
LAYERS_pii-scan   := $(SCAN_LAYERS)
LAYERS_pii-mask   := $(PII_LAYERS)
LAYERS_pii-unmask := $(PII_LAYERS)
LAYERS_pii-keygen := $(PII_LAYERS)
LAYERS_pg-load    := $(PG_LAYERS)
LAYERS_sqs2pg-read := base
SQS_LIBS = $(call pkg_libs,$(PKG_http) $(PKG_xml) $(PKG_crypto))
PII_LIBS = $(call pkg_libs,$(PKG_crypto) $(PKG_confine))
LIBS_sqs-pull   = $(SQS_LIBS)
LIBS_sqs-ack    = $(SQS_LIBS)
LIBS_sqs-send   = $(SQS_LIBS)
LIBS_sqs-unwrap = $(call pkg_libs,$(PKG_inflate) $(PKG_confine))
LIBS_pii-scan   = $(call pkg_libs,$(PKG_confine)) -lm
LIBS_pii-mask   = $(PII_LIBS)
LIBS_pii-unmask = $(PII_LIBS)
LIBS_pii-keygen = $(call pkg_libs,$(PKG_crypto))
LIBS_pg-load    = $(call pkg_libs,$(PKG_pg) $(PKG_confine)) -ljq -lm

BINARIES := $(PROGRAMS:%=$(BUILD)/bin/%)
all: $(BINARIES)

# Objects, rebuilt when flags change.
FLAGS_STAMP := $(BUILD)/flags
FLAGS_TEXT  := $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL)
$(FLAGS_STAMP): FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(FLAGS_TEXT))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(FLAGS_TEXT))' >$@
FORCE:

layer_of = $(word 2,$(subst /, ,$(1)))
$(BUILD)/obj/%.o: %.c $(FLAGS_STAMP)
	@mkdir -p $(@D)
	$(call short,CC,$<)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_$(call layer_of,$*)) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

define layer_rules
OBJ_lib_$(1) := $$(patsubst %.c,$(BUILD)/obj/%.o,$$(wildcard lib/$(1)/*.c))
$(BUILD)/lib/lib$(1).a: $$(OBJ_lib_$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(call short,AR,$$@)
	$$(Q)$(AR) rcs $$@ $$^
endef
$(foreach layer,$(LAYERS),$(eval $(call layer_rules,$(layer))))

define program_rules
OBJ_$(1) := $$(patsubst %.c,$(BUILD)/obj/%.o,$$(wildcard cmd/$(1)/*.c))
$(BUILD)/bin/$(1): $$(OBJ_$(1)) $$(LAYERS_$(1):%=$(BUILD)/lib/lib%.a)
	@mkdir -p $$(@D)
	$$(call short,LD,$$@)
	$$(Q)$$(CC) $$(CFLAGS_ALL) $$(LDFLAGS_ALL) -o $$@ $$^ $$(LIBS_$(1))
endef
$(foreach program,$(PROGRAMS),$(eval $(call program_rules,$(program))))

# Unit tests: tests/unit/LAYER_anything.c links the layer it names and all below it.
UNIT_SOURCES := $(wildcard tests/unit/*.c)
UNIT_TESTS   := $(UNIT_SOURCES:tests/unit/%.c=$(BUILD)/unit/%)
BELOW_base   := base
BELOW_json   := json base
BELOW_crypto := crypto json base
BELOW_http   := http base
BELOW_xml    := xml base
BELOW_pg     := pg base
BELOW_confine := confine base
BELOW_inflate := inflate base
BELOW_record := record json base
BELOW_detect := detect base
BELOW_aws    := aws crypto json base
BELOW_credentials := credentials aws xml http crypto json base
BELOW_sqs    := $(SQS_LAYERS)
BELOW_mask   := $(PII_LAYERS)
UNIT_LIBS_base   := $(shell $(PKG_CONFIG) --libs cmocka 2>/dev/null)
UNIT_LIBS_json   = -ljq -lm
UNIT_LIBS_crypto = $(call pkg_libs,$(PKG_crypto))
UNIT_LIBS_http   = $(call pkg_libs,$(PKG_http))
UNIT_LIBS_xml    = $(call pkg_libs,$(PKG_xml))
UNIT_LIBS_pg     = $(call pkg_libs,$(PKG_pg))
UNIT_LIBS_confine = $(call pkg_libs,$(PKG_confine))
UNIT_LIBS_inflate = $(call pkg_libs,$(PKG_inflate))
UNIT_LIBS_aws    = $(call pkg_libs,$(PKG_crypto))
UNIT_LIBS_credentials = $(SQS_LIBS)
UNIT_LIBS_sqs    = $(SQS_LIBS)
UNIT_LIBS_mask   = $(PII_LIBS)
unit_layer = $(firstword $(subst _, ,$(1)))
define unit_rules
$(BUILD)/unit/$(1): $(BUILD)/obj/tests/unit/$(1).o $$(BELOW_$(call unit_layer,$(1)):%=$(BUILD)/lib/lib%.a)
	@mkdir -p $$(@D)
	$$(call short,LD,$$@)
	$$(Q)$$(CC) $$(CFLAGS_ALL) $$(LDFLAGS_ALL) -o $$@ $$^ $$(UNIT_LIBS_$(call unit_layer,$(1))) $$(UNIT_LIBS_base)
endef
$(foreach unit,$(UNIT_SOURCES:tests/unit/%.c=%),$(eval $(call unit_rules,$(unit))))

# Fuzzing: tests/fuzz/LAYER_anything.c is an entry of libFuzzer with the layers it names. What has
# been found worth keeping lies in tests/fuzz/corpus/LAYER_anything and is replayed by make check.
# load_anything, send_anything and unwrap_anything have the files of pg-load, sqs-send and sqs-unwrap,
# but their main().
FUZZ_NAMES := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
REPLAYS    := $(FUZZ_NAMES:%=$(BUILD)/replay/%)
FUZZ       ?= $(FUZZ_NAMES)
TIME       ?= 60
CLANG      ?= clang
BELOW_load     := $(PG_LAYERS)
BELOW_send     := $(SQS_LAYERS)
BELOW_unwrap   := $(UNWRAP_LAYERS)
UNIT_LIBS_load  = $(LIBS_pg-load)
UNIT_LIBS_send  = $(LIBS_sqs-send)
UNIT_LIBS_unwrap = $(LIBS_sqs-unwrap)
FILES_load     := $(filter-out %/main.o,$(OBJ_pg-load))
FILES_send     := $(filter-out %/main.o,$(OBJ_sqs-send))
FILES_unwrap   := $(filter-out %/main.o,$(OBJ_sqs-unwrap))
define fuzz_rules
$(BUILD)/replay/$(1): $(BUILD)/obj/tests/lib/replay.o
$(BUILD)/replay/$(1) $(BUILD)/fuzzer/$(1): $(BUILD)/obj/tests/fuzz/$(1).o $(FILES_$(call unit_layer,$(1))) \
    $$(BELOW_$(call unit_layer,$(1)):%=$(BUILD)/lib/lib%.a)
	@mkdir -p $$(@D)
	$$(call short,LD,$$@)
	$$(Q)$$(CC) $$(CFLAGS_ALL) $$(LDFLAGS_ALL) $$(if $$(filter $(BUILD)/fuzzer/%,$$@),-fsanitize=fuzzer) -o $$@ \
	  $$(filter %.o,$$^) $$(filter %.a,$$^) $$(UNIT_LIBS_$(call unit_layer,$(1))) $$(UNIT_LIBS_base)
endef
$(foreach fuzz,$(FUZZ_NAMES),$(eval $(call fuzz_rules,$(fuzz))))
fuzzers: $(FUZZ:%=$(BUILD)/fuzzer/%)
fuzz:
	@$(MAKE) CC=$(CLANG) SANITIZE=fuzzer BUILD=$(BUILD)/fuzz \
	  CFLAGS='-Wno-sign-conversion -Wno-missing-field-initializers' fuzzers
	@BUILD=$(BUILD)/fuzz TIME=$(TIME) scripts/fuzz.sh $(FUZZ)

# The library that lets one call of a program fail, for scripts/inject.sh.
inject: $(BUILD)/fault/inject.so
$(BUILD)/fault/inject.so: tests/fault/inject.c $(FLAGS_STAMP)
	@mkdir -p $(@D)
	$(call short,LD,$@)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fPIC -shared -o $@ $<

# Beside the peers, and the scanner alone; see bench/README.md.
bench:
	scripts/bench.sh

bench-scan: $(BUILD)/bench/scan
$(BUILD)/bench/scan: $(BUILD)/obj/bench/scan.o $(BUILD)/obj/bench/texts.o $(BELOW_json:%=$(BUILD)/lib/lib%.a)
	@mkdir -p $(@D)
	$(call short,LD,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^

# Instructions per record against bench/guard.txt; UPDATE=1 writes that file anew.
GUARDS := $(addprefix $(BUILD)/bench/guard-,pii load sqs)
guard: $(GUARDS)
	@bench/guard.py $(if $(UPDATE),--update) $^
$(BUILD)/bench/guard-pii: $(PII_LAYERS:%=$(BUILD)/lib/lib%.a)
$(BUILD)/bench/guard-load: $(filter-out %/main.o,$(OBJ_pg-load)) $(PG_LAYERS:%=$(BUILD)/lib/lib%.a)
$(BUILD)/bench/guard-sqs: $(BUILD)/obj/cmd/sqs-pull/format.o $(BUILD)/obj/cmd/sqs-pull/attributes.o $(SQS_LAYERS:%=$(BUILD)/lib/lib%.a)
$(GUARDS): $(BUILD)/bench/guard-%: $(BUILD)/obj/bench/guard_%.o $(BUILD)/obj/bench/guard.o $(BUILD)/obj/bench/texts.o
	@mkdir -p $(@D)
	$(call short,LD,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(filter %.a,$^) \
	  $(if $(filter sqs,$*),$(SQS_LIBS),$(if $(filter pii,$*),$(PII_LIBS),$(LIBS_pg-load)))

# Every source compiled, nothing linked: for the checks that look at objects.
SOURCES := $(wildcard lib/*/*.c cmd/*/*.c tests/*/*.c bench/*.c)
objects: $(SOURCES:%.c=$(BUILD)/obj/%.o)

check: $(UNIT_TESTS) $(REPLAYS) all
	@scripts/unit.sh $(UNIT_TESTS) $(REPLAYS)

# The short form, with a hundred thousand, is one of the unit tests.
millions: $(BUILD)/unit/mask_methods
	VALUES=10000000 CMOCKA_MESSAGE_OUTPUT=STDOUT $<

# The same under valgrind, for what is read before it is written: ASan does not see that. Left out:
# what goes through one loop millions of times (the first row); what valgrind cannot run rightly: a
# system call is refused, the lack of a program must be told by vfork, a child's memory and processor
# time are measured (the second).
MEMCHECK := valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
            --show-leak-kinds=definite,indirect,possible --trace-children=no
NOT_MEMCHECKED := json_fuzzed json_limits crypto_ff1 crypto_peer mask_methods xml_xml \
                  confine_confine credentials_profile json_jq base_worker
MEMCHECKED := $(filter-out $(NOT_MEMCHECKED:%=$(BUILD)/unit/%),$(UNIT_TESTS)) $(REPLAYS)
memcheck: $(MEMCHECKED)
	@UNIT_UNDER='$(MEMCHECK)' scripts/unit.sh $(MEMCHECKED)

lint:
	@BUILD=$(BUILD) scripts/lint.sh

test:
	scripts/test.sh

demo:
	scripts/demo.sh

# The script with its parts inside, instead of what looks for them.
PARTS := $(wildcard scripts/pipeline/*.sh)
$(BUILD)/sqs2pg: scripts/pipeline.sh $(PARTS)
	@mkdir -p $(@D)
	$(Q)sed -e '/^# parts_folder:/,/^parts=/d' -e '/^# shellcheck source=/d' \
	  $(foreach part,$(PARTS),-e '\|^\. "$$parts/$(notdir $(part))"$$|{r $(part)' -e 'd}') $< >$@

MANPAGES := $(wildcard man/*.[157])
install: all $(BUILD)/sqs2pg
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(DATADIR) $(DESTDIR)$(COMPLETIONDIR)
	$(INSTALL) -m 755 $(BINARIES) $(DESTDIR)$(BINDIR)
	$(INSTALL) -m 755 $(BUILD)/sqs2pg $(DESTDIR)$(BINDIR)/sqs2pg
	$(INSTALL) -m 755 scripts/init.sh $(DESTDIR)$(BINDIR)/sqs2pg-init
	$(INSTALL) -m 644 share/completions/sqs2pg.bash $(DESTDIR)$(COMPLETIONDIR)/sqs2pg
	for program in $(PROGRAMS) sqs2pg-init; do \
	  ln -sf sqs2pg $(DESTDIR)$(COMPLETIONDIR)/$$program || exit 1; done
	for page in $(MANPAGES); do \
	  section=$${page##*.}; $(INSTALL) -d $(DESTDIR)$(MANDIR)/man$$section && \
	  $(INSTALL) -m 644 $$page $(DESTDIR)$(MANDIR)/man$$section/ || exit 1; done
	for folder in maps policies sql; do \
	  $(INSTALL) -d $(DESTDIR)$(DATADIR)/$$folder && \
	  for file in share/$$folder/*; do [ ! -f "$$file" ] || \
	    $(INSTALL) -m 644 "$$file" $(DESTDIR)$(DATADIR)/$$folder/ || exit 1; done; done

uninstall:
	rm -f $(PROGRAMS:%=$(DESTDIR)$(BINDIR)/%) $(DESTDIR)$(BINDIR)/sqs2pg $(DESTDIR)$(BINDIR)/sqs2pg-init
	rm -f $(PROGRAMS:%=$(DESTDIR)$(COMPLETIONDIR)/%) $(DESTDIR)$(COMPLETIONDIR)/sqs2pg $(DESTDIR)$(COMPLETIONDIR)/sqs2pg-init
	for page in $(MANPAGES); do rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; done
	for folder in maps policies sql; do \
	  for file in share/$$folder/*; do rm -f "$(DESTDIR)$(DATADIR)/$$folder/$${file##*/}" || exit 1; done; \
	  [ ! -d $(DESTDIR)$(DATADIR)/$$folder ] || \
	    rmdir --ignore-fail-on-non-empty $(DESTDIR)$(DATADIR)/$$folder || exit 1; done
	[ ! -d $(DESTDIR)$(DATADIR) ] || rmdir --ignore-fail-on-non-empty $(DESTDIR)$(DATADIR)

dist:
	@mkdir -p $(BUILD)
	git archive --format=tar.gz --prefix=sqs2pg-$(VERSION)/ -o $(BUILD)/sqs2pg-$(VERSION).tar.gz HEAD

clean:
	rm -rf $(BUILD)

.PHONY: all bench bench-scan guard inject objects fuzz fuzzers check memcheck millions lint test demo install uninstall dist clean FORCE
.SECONDARY:
-include $(shell [ -d $(BUILD)/obj ] && find $(BUILD)/obj -name '*.d')
