#!/bin/sh
# Feeds damaged files to the readers under the address sanitizer: tools/fuzz/run.sh [SECONDS]
#
# The corpus begins with the tests' own sound and bad files and grows in .build-fuzz/corpus; what stops the readers is left
# in .build-fuzz/findings.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work="$root/.build-fuzz"
mkdir -p "$work/corpus" "$work/findings"
swift build --package-path "$here" --scratch-path "$work/build"
find "$root/Tests/CheckpointsTests" -type f -size -20k \
  ! -name '*.swift' ! -name '*.py' ! -name '*.tsv' ! -name 'expected.json' -exec sha256sum {} + |
  while read -r digest file; do cp "$file" "$work/corpus/$digest"; done
cd "$work/findings"
SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 exec "$work/build/debug/Fuzz" "$work/corpus" \
  -max_total_time="${1:-60}" -max_len=20000 -timeout=10 -rss_limit_mb=2048
