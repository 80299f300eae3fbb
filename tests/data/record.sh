#!/bin/sh
#
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Records the /proc trees of this folder anew. Run by hand, as root and from
# this folder, on x86-64 with a compiler that knows -m32 (gcc-multilib). What it
# records is in README.md.

set -eu

work=$(mktemp -d /tmp/pagescape-record-XXXXXX)
bin=/usr/libexec/pagescape-record
trap 'rm -rf "$work" "$bin" /tmp/pagescape-odd' EXIT
mkdir -p "$bin" /tmp/pagescape-odd

cc -O2 -D_GNU_SOURCE -o "$work/record" record.c
cc -O2 -o "$bin/prober" ../../src/tutorial/prober.c
cc -O2 -D_GNU_SOURCE -o "$bin/target" record-target.c
cc -O2 -m32 -D_GNU_SOURCE -o "$bin/target-32" record-target.c

# record FOLDER PROGRAM [ARGUMENT]: the target ends with its input.
record ()
{
  folder=$1
  shift
  rm -rf "$folder" "$work/input"
  mkfifo "$work/input"
  (cd / && exec env -i "$@") <"$work/input" >"$work/output" &
  exec 3>"$work/input"
  until pid=$(grep -Eo '[0-9]+$' "$work/output" | tail -n 1) && test -n "$pid"; do
    sleep 0.1
  done
  sleep 0.2
  "$work/record" "$pid" "$folder"
  exec 3>&-
  wait
}

record prober "$bin/prober"
cat /proc/zoneinfo >prober/zoneinfo
record many-mappings "$bin/target" many
record 32-bit "$bin/target-32" plain
record odd-names "$bin/target" names
record zombie "$bin/target" zombie
rm -rf kernel-thread
"$work/record" 2 kernel-thread
