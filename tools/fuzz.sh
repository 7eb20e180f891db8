#!/usr/bin/env bash
# fuzz.sh <seconds>: runs each fuzzer for so long, from its seeds in tests/corpus on: one
# in each line, in base64. What it finds on the way is kept under build/fuzz-found;
# `fuzz.sh --keep` makes new seeds of both, as few as cover as much.
set -euo pipefail

seeds_bytes_max=150000

main() {
    mkdir -p build/logs
    cmake --preset fuzz >build/logs/fuzz-build.log 2>&1 &&
        cmake --build --preset fuzz -j "$(nproc)" --target fuzzers \
            >>build/logs/fuzz-build.log 2>&1 || {
        tail -n 30 build/logs/fuzz-build.log
        echo "the fuzzers do not build"
        exit 1
    }
    export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
    export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19
    local step=run
    [ "$1" != --keep ] || step=keep
    fuzzers | xargs -P "$(nproc)" -I{} bash "$0" --one "$step" {} "$1"
}

fuzzers() { find build/fuzz -name '*_fuzz' -type f -perm -u+x -printf '%f\n' | sort; }

program() { find build/fuzz -name "$1" -type f -perm -u+x; }

# unpack <fuzzer>: its seeds as files, as libFuzzer wants them.
unpack() {
    local into=build/fuzz-seeds/$1
    rm -rf "$into"
    mkdir -p "$into" "build/fuzz-found/$1"
    python3 - "tests/corpus/$1.txt" "$into" <<'EOF'
import base64, pathlib, sys
seeds = pathlib.Path(sys.argv[1]).read_text().splitlines()
for number, line in enumerate(seeds):
    pathlib.Path(sys.argv[2], str(number)).write_bytes(base64.b64decode(line))
print(len(seeds))
EOF
}

run() {
    local name=$1 seconds=$2 out=build/logs/$1.log options=() seeds
    seeds=$(unpack "$name")
    [ ! -f "tests/corpus/$name.dict" ] || options=("-dict=tests/corpus/$name.dict")
    if ! "$(program "$name")" -max_total_time="$seconds" -print_final_stats=1 -timeout=20 \
        -artifact_prefix="build/logs/$name-" "${options[@]}" "build/fuzz-found/$name" \
        "build/fuzz-seeds/$name" >"$out" 2>&1; then
        tail -n 60 "$out"
        echo "$name: failed"
        return 1
    fi
    echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$out") inputs in" \
        "$seconds s, $seeds of them seeds"
}

keep() {
    local name=$1 kept=build/fuzz-kept/$1 file
    unpack "$name" >build/logs/fuzz-unpack.log
    rm -rf "$kept"
    mkdir -p "$kept"
    "$(program "$name")" -merge=1 "$kept" "build/fuzz-seeds/$name" \
        "build/fuzz-found/$name" >"build/logs/$name-merge.log" 2>&1
    # The shortest first: they cover the most for their size.
    find "$kept" -type f -printf '%s %p\n' | sort -n | cut -d' ' -f2 | while read -r file; do
        base64 -w0 "$file" && echo
    done | awk -v max="$seeds_bytes_max" \
        '(total += length($0) + 1) <= max' >"tests/corpus/$name.txt"
    echo "$name: $(wc -l <"tests/corpus/$name.txt") seeds"
}

if [ "$1" = --one ]; then
    "$2" "$3" "$4"
else
    main "$@"
fi
