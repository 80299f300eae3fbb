# SPDX-License-Identifier: GPL-3.0-or-later
#
# The front door. Meson does the work, in build/:
#
#   make            build
#   make run        install what is missing, build, and open the window
#   make check      install what is missing, build, and run all tests
#   make bench      install what is missing, build, run the benchmarks, and print
#                   one table of what they measured
#   make install    install what was built
#   make clean      remove build/

BUILD = build
PAGESCAPE = $(BUILD)/src/app/pagescape
MAKEFLAGS += --no-print-directory

# Where nobody sees a warning go by, it stops the build.
SETUP_OPTIONS = $(if $(CI),-Dwerror=true)

# The exit status of a program that could open no display.
NO_DISPLAY = 3

all: $(BUILD)/build.ninja
	@meson compile -C $(BUILD)

$(BUILD)/build.ninja:
	@.ci/install-dependencies --list run
	@meson setup $(SETUP_OPTIONS) $(BUILD)

# The settings are those of the build folder, for nothing needs to be installed.
run: export GSETTINGS_SCHEMA_DIR = $(CURDIR)/$(BUILD)/data
run:
	@.ci/install-dependencies run
	@$(MAKE) all
	@$(PAGESCAPE) --launch; status=$$?; \
	[ $$status -eq $(NO_DISPLAY) ] || exit $$status; \
	echo "There is no display to open a window on. Writing the map to a file instead."; \
	$(PAGESCAPE) --launch --export $(BUILD)/pagescape.png

check:
	@.ci/install-dependencies check
	@$(MAKE) all
	@.ci/run-tests $(BUILD)

bench:
	@.ci/install-dependencies check
	@$(MAKE) all
	@.ci/run-benchmarks $(BUILD)

install: all
	@meson install -C $(BUILD) --no-rebuild

clean:
	@rm -rf $(BUILD)

.PHONY: all run check bench install clean
