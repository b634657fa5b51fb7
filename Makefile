# `make test` brings along what the tests need and runs them all; the rest is for those who work on xacct.

# What scripts/test-tools installs is found before what the machine has.
TOOLS := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/node_modules/.bin

.PHONY: test lint bench install dist dist-check dist-twice check-macos test-windows test-linux try-install clean

# AWS's own cases are not copied into this repository: the tests that need them are ignored where they are not.
CASES := $(if $(wildcard ../shared/conformance/*.json),--include-ignored)

test:
	@scripts/test-tools
	PATH="$(TOOLS):$$PATH" XACCT_TEST_PYTHON="$(CURDIR)/.venv/bin/python" cargo test --locked -- $(CASES)

lint:
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
	scripts/dependencies
	scripts/words

# How a cached answer compares with `cat`, and with the AWS CLI's.
bench:
	scripts/bench

PREFIX ?= /usr/local

# The program with its man pages and completions.
install:
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install "$$(scripts/release)" $(DESTDIR)$(PREFIX)/bin
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -d $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 644 completions/xacct.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/xacct
	install -d $(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 644 completions/_xacct $(DESTDIR)$(PREFIX)/share/zsh/site-functions
	install -m 644 completions/xacct.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d

# The packages of a release, in dist/: for this machine, for TARGETS="…", or with CROSS=ROOT for all but macOS. ROOT is a
# folder that `scripts/cross ROOT setup` has set up. HOMEPAGE is the project's address, RELEASE_URL the folder of the
# files on the web; packaging/ has no other address.
TARGETS ?=
CROSS ?=
HOMEPAGE ?=
RELEASE_URL ?=

dist:
	scripts/dist $(addprefix --target=,$(TARGETS)) $(addprefix --cross=,$(CROSS)) --homepage "$(HOMEPAGE)" --release-url "$(RELEASE_URL)"

# Installs and runs what is in dist/.
dist-check:
	scripts/dist-check

# Two builds in different folders give the same bytes.
dist-twice:
	scripts/dist-twice $(addprefix --target=,$(TARGETS))

# Before a release; these two want CROSS=ROOT.
check-macos:
	scripts/cross "$(CROSS)" check aarch64-apple-darwin
	scripts/cross "$(CROSS)" check x86_64-apple-darwin

test-windows:
	scripts/test-windows "$(CROSS)"

test-linux:
	scripts/test-linux "$(CROSS)"

try-install:
	scripts/try-install dist

clean:
	cargo clean
	rm -rf .venv .tools dist
