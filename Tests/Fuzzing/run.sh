#!/bin/sh
# Fuzzes the readers of hostile files, one after the other: Tests/Fuzzing/run.sh SECONDS [READER…]
# Seeds are the tests' own files, good and bad. Corpora grow in .build-fuzz/corpus; findings end as crash-* in .build-fuzz.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:?"seconds for each reader"}
shift
readers=${*:-json safetensors npy zip pickle onnx probe}
work=.build-fuzz
export FB_FUZZ=1 SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
swift build --scratch-path $work -c release --product Fuzzing -Xswiftc -sanitize=fuzzer,address -Xswiftc -use-ld=lld

seed() { # seed READER PATTERN…
  folder=$work/seeds/$1
  mkdir -p "$folder" "$work/corpus/$1"
  shift
  for pattern in "$@"; do
    find Tests/CheckpointsTests Tests/NetworksTests Tests/ProbesTests -name "$pattern" -size -100k | while read -r file; do
      cp "$file" "$folder/$(echo "$file" | tr / _)"
    done
  done
}
seed json "*.json"
seed safetensors "*.safetensors"
seed npy "*.npy"
seed zip "*.npz" "*.pt" "*.ckpt" "*.zip"
seed pickle "*.pkl" "*legacy*.pt"
seed onnx "*.onnx"
seed probe "*.probe.npz"

for reader in $readers; do
  echo "== $reader"
  dictionary=
  [ -f "Tests/Fuzzing/$reader.dict" ] && dictionary="-dict=Tests/Fuzzing/$reader.dict"
  FUZZ_READER=$reader "$work/release/Fuzzing" -max_len=1048576 -timeout=10 -rss_limit_mb=2048 \
    -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$work/" $dictionary \
    "$work/corpus/$reader" "$work/seeds/$reader" >"$work/$reader.log" 2>&1 || {
    echo "finding: see $work/$reader.log"
    tail -30 "$work/$reader.log"
    exit 1
  }
  grep -E "cov:|stat::number_of_executed_units" "$work/$reader.log" | tail -2
done
