#!/bin/sh
# Fuzzes the readers of hostile files, one after the other: Tests/Fuzzing/run.sh SECONDS [READER…]
# Seeds are the tests' own files, good and bad. Corpora grow in .build-fuzz/corpus; findings end as crash-* in .build-fuzz.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:?"seconds for each reader"}
shift
readers=${*:-json safetensors npy zip pickle flax shards onnx pt2 program module recipe probe table notebook}
work=.build-fuzz
export FB_FUZZ=1 SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
swift build --scratch-path $work -c release --product Fuzzing -Xswiftc -enable-testing \
  -Xswiftc -sanitize=fuzzer,address -Xswiftc -use-ld=lld

files() { # files PATTERN…: the tests' small files of these names, one a line
  for pattern in "$@"; do find Tests checkpoints -name "$pattern" -type f -size -100k; done
}
place() { # place READER FILE: where the seed of a reader that is made from a file lies
  mkdir -p "$work/seeds/$1" "$work/corpus/$1"
  echo "$work/seeds/$1/$(echo "$2" | tr / _)"
}
seed() { # seed READER PATTERN…
  reader=$1
  shift
  files "$@" | while read -r file; do cp "$file" "$(place "$reader" "$file")"; done
}
seed json "*.json"
seed safetensors "*.safetensors"
seed npy "*.npy"
seed zip "*.npz" "*.pt" "*.ckpt" "*.zip"
seed pickle "*.pkl" "*legacy*.pt"
seed flax "*.msgpack"
seed onnx "*.onnx"
seed pt2 "*.pt2"
seed module "*.pt"
seed probe "*.probe.npz"
printf 'trial,time,condition,a,b\n1,0,go,0.5,1e-3\n1,0.1,go,nan,-2\n2,0,"st,op",3,4\n2,0.1,"st,op",,5\n' >"$(place table session.csv)"
seed notebook "notebook.md"
# Seeds of several parts, with a zero byte after each.
files "*.index.json" | while read -r file; do
  shard=$(find "$(dirname "$file")" -name "*00001*" -type f -size -100k | head -1)
  { cat "$file"; printf '\0'; [ -z "$shard" ] || cat "$shard"; } >"$(place shards "$file")"
done
files "*.pt2" | while read -r file; do
  {
    unzip -p "$file" "*/models/model.json" || true
    printf '\0'
    unzip -p "$file" "*/data/weights/model_weights_config.json" || true
    printf '\0'
    unzip -p "$file" "*/data/weights/weight_*" | head -c 8192
  } >"$(place program "$file")" 2>/dev/null
done
grep -lrE '"(recipe|architecture|model_type)"' Tests checkpoints --include="*.json" | while read -r file; do
  name=$(sed -n 's/.*"weights": *"\([^"]*\)".*/\1/p' "$file" | head -1)
  weights=$(find "$(dirname "$file")" Tests -name "${name:-*.safetensors}" -type f -size -100k | head -1)
  { cat "$file"; printf '\0'; [ -z "$weights" ] || cat "$weights"; } >"$(place recipe "$file")"
done

for reader in $readers; do
  echo "== $reader"
  mkdir -p "$work/seeds/$reader" "$work/corpus/$reader"
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
