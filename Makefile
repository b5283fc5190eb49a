# sqs2pg: GNU make. The link lines below are the architecture: they say which program may have which
# library.
#
#     make                 all programs into build/bin
#     make SANITIZE=1 BUILD=build/asan    the same under ASan and UBSan
#     make SANITIZE=thread BUILD=build/tsan    the same under TSan; scripts/test.sh tsan
#     make check           unit tests        make memcheck    under valgrind
#     make lint            every static check except the slow ones
#     make guard           instructions per record, compared with bench/guard.txt
#     make millions        every method over ten million random values (half an hour; METHODS=ff1: only that)
#     make fuzz TIME=60 FUZZ='mask_policy'   libFuzzer with clang, TIME seconds each (default: all of tests/fuzz)
#     make test | demo     the two commands of the README
#     make install PREFIX=/usr/local DESTDIR=
#     make dist            the committed tree, the list of linked libraries (CycloneDX), and their checksums
#     make sbom            only that list
#     make deb             the Debian package, into build/deb
#     make docs            the documentation as a static site, into build/docs
#     make pictures        docs/pipeline.svg and docs/rooms.svg, from their texts
#     make completions     those for zsh and fish, from the output of --help
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
ZSHDIR     ?= $(PREFIX)/share/zsh/site-functions
FISHDIR    ?= $(PREFIX)/share/fish/vendor_completions.d
# units, sysusers.d, tmpfiles.d
SYSTEMDDIR ?= $(PREFIX)/lib
DESTDIR    ?=
BUILD      ?= build
CC         ?= cc
PKG_CONFIG ?= pkg-config
INSTALL    ?= install
SANITIZE   ?=
WERROR     ?=
V          ?=

# The command of a recipe, and the line printed instead.
Q    := $(if $(V),,@)
short = $(if $(V)$(SILENT),,@printf '  %-4s %s\n' '$(1)' '$(2)')

ifeq ($(origin CC),default)
CC := cc
endif

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wformat=2 -Wvla -Wcast-qual -Wwrite-strings -Wdate-time $(if $(WERROR),-Werror)
# $(call known,FLAG): the flag, if this compiler knows it for this machine and its C library.
known = $(shell $(CC) -O2 -Werror $(1) -include stdio.h -x c -S -o - /dev/null >/dev/null 2>&1 && echo '$(1)')
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
HARDEN  := -fstack-protector-strong -U_FORTIFY_SOURCE $(or $(call known,-D_FORTIFY_SOURCE=3),-D_FORTIFY_SOURCE=2) \
           $(foreach flag,-fstack-clash-protection -fcf-protection -mbranch-protection=standard,$(call known,$(flag)))
OPTIMIZE ?= -O2 -g
HARDENLD :=
endif
CPPFLAGS_ALL := -D_GNU_SOURCE -DSQS2PG_VERSION='"$(VERSION)"' -DSQS2PG_DATADIR='"$(DATADIR)"' -Ilib $(CPPFLAGS)
# The same objects in every folder: they hold no path of it, and lists of files have one order.
CFLAGS_ALL   := -std=c17 $(OPTIMIZE) $(WARNINGS) $(HARDEN) -fPIE -ffile-prefix-map=$(CURDIR)=. $(CFLAGS)
LDFLAGS_ALL  := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(HARDENLD) $(LDFLAGS)

# Foreign libraries, each used by only one layer (or file), its wrapper.
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

# Program: our layers, top first, then its foreign libraries. Each process gets the least
# authority.
SQS_LAYERS := sqs credentials aws record xml http crypto json base
PII_LAYERS := mask detect record confine crypto json base
UNWRAP_LAYERS := record confine inflate crypto json base
PG_LAYERS  := record pg confine json base
SCAN_LAYERS := mask detect record confine crypto json base
SUGGEST_LAYERS := detect record confine json base
KMS_LAYERS := sqs mask credentials aws record xml http confine crypto json base
PROGRAMS   := sqs-pull sqs-unwrap sqs-ack sqs-send pii-scan pii-mask pii-unmask pii-keygen pg-suggest pg-load sqs-lambda rds-token kms-open sqs2pg-read
LAYERS_sqs-pull   := $(SQS_LAYERS)
LAYERS_sqs-ack    := $(SQS_LAYERS)
LAYERS_sqs-send   := $(SQS_LAYERS)
LAYERS_sqs-unwrap := $(UNWRAP_LAYERS)
LAYERS_pii-scan   := $(SCAN_LAYERS)
LAYERS_pii-mask   := $(PII_LAYERS)
LAYERS_pii-unmask := $(PII_LAYERS)
LAYERS_pii-keygen := $(PII_LAYERS)
LAYERS_pg-suggest := $(SUGGEST_LAYERS)
LAYERS_pg-load    := $(PG_LAYERS)
LAYERS_sqs-lambda := aws record http confine json base
LAYERS_rds-token  := $(SQS_LAYERS)
LAYERS_kms-open   := $(KMS_LAYERS)
LAYERS_sqs2pg-read := base
SQS_LIBS = $(call pkg_libs,$(PKG_http) $(PKG_xml) $(PKG_crypto))
PII_LIBS = $(call pkg_libs,$(PKG_crypto) $(PKG_confine))
LIBS_sqs-pull   = $(SQS_LIBS)
LIBS_sqs-ack    = $(SQS_LIBS)
LIBS_sqs-send   = $(SQS_LIBS)
LIBS_rds-token  = $(SQS_LIBS)
LIBS_kms-open   = $(SQS_LIBS)
LIBS_sqs-lambda = $(call pkg_libs,$(PKG_http))
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
# The folder is not a flag: no object names it, and a copy of the tree needs no other objects.
FLAGS_TEXT  := $(subst $(CURDIR),.,$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL))
$(FLAGS_STAMP): FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(FLAGS_TEXT))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(FLAGS_TEXT))' >$@
FORCE:

layer_of = $(word 2,$(subst /, ,$(1)))
# BUILD may be a path within the folder or an absolute one: its objects depend on headers by both.
names_of = -MT $(patsubst $(CURDIR)/%,%,$(1)) -MT $(abspath $(1))
$(BUILD)/obj/%.o: %.c $(FLAGS_STAMP)
	@mkdir -p $(@D)
	$(call short,CC,$<)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_$(call layer_of,$*)) $(CFLAGS_ALL) -MMD -MP $(call names_of,$@) -c -o $@ $<

define layer_rules
OBJ_lib_$(1) := $$(patsubst %.c,$(BUILD)/obj/%.o,$$(sort $$(wildcard lib/$(1)/*.c)))
$(BUILD)/lib/lib$(1).a: $$(OBJ_lib_$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(call short,AR,$$@)
	$$(Q)$(AR) rcsD $$@ $$^
endef
$(foreach layer,$(LAYERS),$(eval $(call layer_rules,$(layer))))

define program_rules
OBJ_$(1) := $$(patsubst %.c,$(BUILD)/obj/%.o,$$(sort $$(wildcard cmd/$(1)/*.c)))
$(BUILD)/bin/$(1): $$(OBJ_$(1)) $$(LAYERS_$(1):%=$(BUILD)/lib/lib%.a)
	@mkdir -p $$(@D)
	$$(call short,LD,$$@)
	$$(Q)$$(CC) $$(CFLAGS_ALL) $$(LDFLAGS_ALL) -o $$@ $$^ $$(LIBS_$(1))
endef
$(foreach program,$(PROGRAMS),$(eval $(call program_rules,$(program))))

# $(call archives,json base): the libraries of these layers.
# $(call objects_of,pg-load): the objects of a program without its main().
# $(call tests_of,json): the tests, replays and fuzzers called json_anything.
archives   = $(1:%=$(BUILD)/lib/lib%.a)
objects_of = $(filter-out %/main.o,$(OBJ_$(1)))
tests_of   = $(filter $(BUILD)/unit/$(1)_% $(BUILD)/replay/$(1)_% $(BUILD)/fuzzer/$(1)_%,$(TESTS))

# Tests: tests/unit/LAYER_anything.c is a program of unit tests, tests/fuzz/LAYER_anything.c an entry
# of libFuzzer. Useful inputs found by fuzzing are in tests/fuzz/corpus/LAYER_anything, and make
# check replays them. The names load, send, unwrap, suggest, kms and lambda are not layers but the
# programs pg-load, sqs-send, sqs-unwrap, pg-suggest, kms-open and sqs-lambda.
FUZZ_NAMES := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))
REPLAYS    := $(FUZZ_NAMES:%=$(BUILD)/replay/%)
FUZZERS    := $(FUZZ_NAMES:%=$(BUILD)/fuzzer/%)
TESTS      := $(UNIT_TESTS) $(REPLAYS) $(FUZZERS)
FUZZ       ?= $(FUZZ_NAMES)
TIME       ?= 60
CLANG      ?= clang
CMOCKA     := $(shell $(PKG_CONFIG) --libs cmocka 2>/dev/null)

# The link order: its own object, those of the program, ...
$(UNIT_TESTS): $(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o
$(REPLAYS): $(BUILD)/replay/%: $(BUILD)/obj/tests/fuzz/%.o
$(FUZZERS): $(BUILD)/fuzzer/%: $(BUILD)/obj/tests/fuzz/%.o
$(call tests_of,load):   $(call objects_of,pg-load)
$(call tests_of,send):   $(call objects_of,sqs-send)
$(call tests_of,unwrap): $(call objects_of,sqs-unwrap)
$(call tests_of,suggest): $(call objects_of,pg-suggest)
$(call tests_of,kms):    $(call objects_of,kms-open)
$(call tests_of,lambda): $(call objects_of,sqs-lambda)
$(REPLAYS): $(BUILD)/obj/tests/lib/replay.o

# ... its layer and all below it, or the layers of the program, ...
$(call tests_of,base):        $(call archives,base)
$(call tests_of,json):        $(call archives,json base)
$(call tests_of,crypto):      $(call archives,crypto json base)
$(call tests_of,http):        $(call archives,http base)
$(call tests_of,xml):         $(call archives,xml base)
$(call tests_of,pg):          $(call archives,pg base)
$(call tests_of,confine):     $(call archives,confine base)
$(call tests_of,inflate):     $(call archives,inflate base)
$(call tests_of,record):      $(call archives,record json base)
$(call tests_of,detect):      $(call archives,detect base)
$(call tests_of,aws):         $(call archives,aws crypto json base)
$(call tests_of,credentials): $(call archives,credentials aws xml http crypto json base)
$(call tests_of,sqs):         $(call archives,$(SQS_LAYERS))
$(call tests_of,mask):        $(call archives,$(PII_LAYERS))
$(call tests_of,load):        $(call archives,$(PG_LAYERS))
$(call tests_of,send):        $(call archives,$(SQS_LAYERS))
$(call tests_of,unwrap):      $(call archives,$(UNWRAP_LAYERS))
$(call tests_of,suggest):     $(call archives,pg $(SUGGEST_LAYERS))
$(call tests_of,kms):         $(call archives,$(KMS_LAYERS))
$(call tests_of,lambda):      $(call archives,$(LAYERS_sqs-lambda))

# ... and foreign libraries: only cmocka where no line names others.
FOREIGN :=
$(call tests_of,json):        FOREIGN = -ljq -lm
$(call tests_of,crypto):      FOREIGN = $(call pkg_libs,$(PKG_crypto))
$(call tests_of,http):        FOREIGN = $(call pkg_libs,$(PKG_http))
$(call tests_of,xml):         FOREIGN = $(call pkg_libs,$(PKG_xml))
$(call tests_of,pg):          FOREIGN = $(call pkg_libs,$(PKG_pg))
$(call tests_of,confine):     FOREIGN = $(call pkg_libs,$(PKG_confine))
$(call tests_of,inflate):     FOREIGN = $(call pkg_libs,$(PKG_inflate))
$(call tests_of,aws):         FOREIGN = $(call pkg_libs,$(PKG_crypto))
$(call tests_of,credentials): FOREIGN = $(SQS_LIBS)
$(call tests_of,sqs):         FOREIGN = $(SQS_LIBS)
$(call tests_of,mask):        FOREIGN = $(PII_LIBS)
$(call tests_of,load):        FOREIGN = $(LIBS_pg-load)
$(call tests_of,send):        FOREIGN = $(LIBS_sqs-send)
$(call tests_of,unwrap):      FOREIGN = $(LIBS_sqs-unwrap)
$(call tests_of,kms):         FOREIGN = $(LIBS_kms-open)
$(call tests_of,lambda):      FOREIGN = $(LIBS_sqs-lambda)

LIBFUZZER :=
$(FUZZERS): LIBFUZZER = -fsanitize=fuzzer
$(TESTS):
	@mkdir -p $(@D)
	$(call short,LD,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(LIBFUZZER) -o $@ $^ $(FOREIGN) $(CMOCKA)

fuzzers: $(FUZZ:%=$(BUILD)/fuzzer/%)
fuzz:
	@$(MAKE) CC=$(CLANG) SANITIZE=fuzzer BUILD=$(BUILD)/fuzz \
	  CFLAGS='-Wno-sign-conversion -Wno-missing-field-initializers' fuzzers
	@BUILD=$(BUILD)/fuzz TIME=$(TIME) scripts/fuzz.sh $(FUZZ)

# The library that makes one call of a program fail, for scripts/inject.sh.
inject: $(BUILD)/fault/inject.so
$(BUILD)/fault/inject.so: tests/fault/inject.c $(FLAGS_STAMP)
	@mkdir -p $(@D)
	$(call short,LD,$@)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fPIC -shared -o $@ $<

# Measurements against the peers, and of the scanner alone; see bench/README.md.
bench:
	scripts/bench.sh

bench-scan: $(BUILD)/bench/scan
$(BUILD)/bench/scan: $(BUILD)/obj/bench/scan.o $(BUILD)/obj/bench/texts.o $(call archives,json base)
	@mkdir -p $(@D)
	$(call short,LD,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^

# Instructions per record against bench/guard.txt; UPDATE=1 writes that file again. Each guard
# links its own objects, those of the program, our layers, foreign libraries.
GUARDS := $(addprefix $(BUILD)/bench/guard-,pii scan load sqs unwrap)
guard: $(GUARDS)
	@bench/guard.py $(if $(UPDATE),--update) $^
$(GUARDS): $(BUILD)/bench/guard-%: $(BUILD)/obj/bench/guard_%.o $(BUILD)/obj/bench/guard.o $(BUILD)/obj/bench/texts.o
$(BUILD)/bench/guard-pii:  $(call archives,$(PII_LAYERS))
$(BUILD)/bench/guard-scan: $(call objects_of,pii-scan) $(call archives,$(SCAN_LAYERS))
$(BUILD)/bench/guard-unwrap: $(call objects_of,sqs-unwrap) $(call archives,$(UNWRAP_LAYERS))
$(BUILD)/bench/guard-load: $(call objects_of,pg-load) $(call archives,$(PG_LAYERS))
$(BUILD)/bench/guard-sqs:  $(BUILD)/obj/cmd/sqs-pull/format.o $(BUILD)/obj/cmd/sqs-pull/attributes.o $(call archives,$(SQS_LAYERS))
$(BUILD)/bench/guard-pii:  FOREIGN = $(PII_LIBS)
$(BUILD)/bench/guard-scan: FOREIGN = $(LIBS_pii-scan)
$(BUILD)/bench/guard-unwrap: FOREIGN = $(LIBS_sqs-unwrap)
$(BUILD)/bench/guard-load: FOREIGN = $(LIBS_pg-load)
$(BUILD)/bench/guard-sqs:  FOREIGN = $(SQS_LIBS)
$(GUARDS):
	@mkdir -p $(@D)
	$(call short,LD,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(FOREIGN)

# Compiles every source and links nothing: for the checks that read objects.
SOURCES := $(wildcard lib/*/*.c cmd/*/*.c tests/*/*.c bench/*.c)
objects: $(SOURCES:%.c=$(BUILD)/obj/%.o)

unit-tests: $(UNIT_TESTS) $(REPLAYS)
check: unit-tests all
	@scripts/unit.sh $(UNIT_TESTS) $(REPLAYS)

# The short form, with a hundred thousand values, is one of the unit tests.
millions: $(BUILD)/unit/mask_methods
	VALUES=10000000 CMOCKA_MESSAGE_OUTPUT=STDOUT $<

# The same under valgrind, which finds reads of uninitialised memory; ASan does not. The first row
# leaves out tests that run one loop millions of times. The second leaves out tests that valgrind
# cannot run correctly. Some refuse a system call, and valgrind makes some of its own (that of Debian
# 13 opens files late). Two lose what a library has allocated. Others need vfork to report a missing
# program, measure the memory and processor time of a child, need glibc's malloc, or expect no
# descriptors but the process's own.
MEMCHECK := valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
            --show-leak-kinds=definite,indirect,possible --trace-children=no \
            --suppressions=tests/lib/memcheck.supp
NOT_MEMCHECKED := json_fuzzed json_fuzzed_narrow json_limits crypto_ff1 crypto_peer mask_methods xml_xml \
                  confine_confine crypto_algorithms crypto_memory credentials_profile json_jq json_jq_memory \
                  base_worker base_descriptors base_start
MEMCHECKED := $(filter-out $(NOT_MEMCHECKED:%=$(BUILD)/unit/%),$(UNIT_TESTS)) $(REPLAYS)
memcheck: $(MEMCHECKED)
	@UNIT_UNDER='$(MEMCHECK)' scripts/unit.sh $(MEMCHECKED)

lint:
	@BUILD=$(BUILD) scripts/lint.sh

test:
	scripts/test.sh

demo:
	scripts/demo.sh

deb:
	scripts/deb.sh

docs:
	scripts/docs.py $(BUILD)/docs
	scripts/check-site.py $(BUILD)/docs

# The texts beside the pictures describe them.
pictures: docs/pipeline.svg docs/rooms.svg
docs/pipeline.svg docs/rooms.svg: docs/%.svg: docs/%.txt scripts/picture.py
	scripts/picture.py $< $@

completions: all
	scripts/completions.py $(BUILD)/bin

# The script with its parts included, instead of the code that looks for them.
PARTS := $(wildcard scripts/pipeline/*.sh)
$(BUILD)/sqs2pg: scripts/pipeline.sh $(PARTS)
	@mkdir -p $(@D)
	$(Q)sed -e '/^# parts_folder:/,/^parts=/d' -e '/^# shellcheck source=/d' \
	  $(foreach part,$(PARTS),-e '\|^\. "$$parts/$(notdir $(part))"$$|{r $(part)' -e 'd}') $< >$@

SCRIPTS  := sqs2pg sqs2pg-init sqs2pg-status
MANPAGES := $(wildcard man/*.[157])
UNITS    := $(notdir $(wildcard deploy/systemd/*.service deploy/systemd/*.timer))
install: all $(BUILD)/sqs2pg
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(DATADIR) $(DESTDIR)$(COMPLETIONDIR) $(DESTDIR)$(ZSHDIR) $(DESTDIR)$(FISHDIR)
	$(INSTALL) -m 755 $(BINARIES) $(DESTDIR)$(BINDIR)
	$(INSTALL) -m 755 $(BUILD)/sqs2pg $(DESTDIR)$(BINDIR)/sqs2pg
	$(INSTALL) -m 755 $(BUILD)/sqs2pg $(DESTDIR)$(BINDIR)/sqs2pg-status
	$(INSTALL) -m 755 scripts/init.sh $(DESTDIR)$(BINDIR)/sqs2pg-init
	$(INSTALL) -m 644 share/completions/sqs2pg.bash $(DESTDIR)$(COMPLETIONDIR)/sqs2pg
	$(INSTALL) -m 644 share/completions/_sqs2pg $(DESTDIR)$(ZSHDIR)/
	$(INSTALL) -m 644 share/completions/sqs2pg.fish $(DESTDIR)$(FISHDIR)/
	for program in $(PROGRAMS) $(filter-out sqs2pg,$(SCRIPTS)); do \
	  ln -sf sqs2pg $(DESTDIR)$(COMPLETIONDIR)/$$program && \
	  ln -sf sqs2pg.fish $(DESTDIR)$(FISHDIR)/$$program.fish || exit 1; done
	for page in $(MANPAGES); do \
	  section=$${page##*.}; $(INSTALL) -d $(DESTDIR)$(MANDIR)/man$$section && \
	  $(INSTALL) -m 644 $$page $(DESTDIR)$(MANDIR)/man$$section/ || exit 1; done
	for folder in maps policies sql; do \
	  $(INSTALL) -d $(DESTDIR)$(DATADIR)/$$folder && \
	  for file in share/$$folder/*; do [ ! -f "$$file" ] || \
	    $(INSTALL) -m 644 "$$file" $(DESTDIR)$(DATADIR)/$$folder/ || exit 1; done; done
	for folder in systemd/system sysusers.d tmpfiles.d; do $(INSTALL) -d $(DESTDIR)$(SYSTEMDDIR)/$$folder || exit 1; done
	for unit in $(UNITS); do \
	  sed 's|/usr/local/bin/|$(BINDIR)/|' deploy/systemd/$$unit >$(BUILD)/$$unit && \
	  $(INSTALL) -m 644 $(BUILD)/$$unit $(DESTDIR)$(SYSTEMDDIR)/systemd/system/ || exit 1; done
	for kind in sysusers tmpfiles; do \
	  $(INSTALL) -m 644 deploy/systemd/sqs2pg.$$kind.conf $(DESTDIR)$(SYSTEMDDIR)/$$kind.d/sqs2pg.conf || exit 1; done

uninstall:
	rm -f $(PROGRAMS:%=$(DESTDIR)$(BINDIR)/%) $(SCRIPTS:%=$(DESTDIR)$(BINDIR)/%)
	rm -f $(PROGRAMS:%=$(DESTDIR)$(COMPLETIONDIR)/%) $(SCRIPTS:%=$(DESTDIR)$(COMPLETIONDIR)/%)
	rm -f $(PROGRAMS:%=$(DESTDIR)$(FISHDIR)/%.fish) $(SCRIPTS:%=$(DESTDIR)$(FISHDIR)/%.fish)
	rm -f $(DESTDIR)$(ZSHDIR)/_sqs2pg $(UNITS:%=$(DESTDIR)$(SYSTEMDDIR)/systemd/system/%)
	rm -f $(DESTDIR)$(SYSTEMDDIR)/sysusers.d/sqs2pg.conf $(DESTDIR)$(SYSTEMDDIR)/tmpfiles.d/sqs2pg.conf
	for page in $(MANPAGES); do rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; done
	for folder in maps policies sql; do \
	  for file in share/$$folder/*; do rm -f "$(DESTDIR)$(DATADIR)/$$folder/$${file##*/}" || exit 1; done; \
	  [ ! -d $(DESTDIR)$(DATADIR)/$$folder ] || \
	    rmdir --ignore-fail-on-non-empty $(DESTDIR)$(DATADIR)/$$folder || exit 1; done
	[ ! -d $(DESTDIR)$(DATADIR) ] || rmdir --ignore-fail-on-non-empty $(DESTDIR)$(DATADIR)

# The same commit gives the same bytes on every machine: git gives the files the commit's time.
DIST := sqs2pg-$(VERSION)
dist: sbom
	git -c tar.umask=0022 archive --format=tar --prefix=$(DIST)/ -o $(BUILD)/$(DIST).tar HEAD
	gzip -nf9 $(BUILD)/$(DIST).tar
	cd $(BUILD) && sha256sum $(DIST).tar.gz $(DIST).cdx.json >$(DIST).sha256

# The libraries of each program, by the packages of this machine.
sbom:
	@mkdir -p $(BUILD)
	scripts/sbom.py --cc '$(CC)' --pkg-config '$(PKG_CONFIG)' --version '$(VERSION)' \
	  --modules '$(foreach layer,$(LAYERS),$(PKG_$(layer)))' \
	  $(foreach program,$(PROGRAMS),'$(program)=$(strip $(LIBS_$(program)))') >$(BUILD)/$(DIST).cdx.json

clean:
	rm -rf $(BUILD)

.PHONY: all bench bench-scan guard inject objects fuzz fuzzers unit-tests check memcheck millions lint test demo deb docs pictures completions install uninstall dist sbom clean FORCE
.SECONDARY:
-include $(shell [ -d $(BUILD)/obj ] && find $(BUILD)/obj -name '*.d')
