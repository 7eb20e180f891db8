#!/usr/bin/env bash
# ./x prove [seconds]: the long checks that are too slow for CI.
set -euo pipefail
source tools/packages.sh
source tools/prove_threads.sh
source tools/prove_check.sh

repetitions=20
fuzz_seconds=${1:-600}
passed=0 failed=0 rows=()

usage() {
    cat <<'EOF'
./x prove [seconds]

The long checks that are too slow for CI: the tests at -O0, -O1 and -O2, repeated in
random orders under the sanitizers; those of many threads five times more; the models with
one more switch between threads; all planted bugs; ten million random programs, and one
whose turns end early; everything at once on many threads; each fuzzer for the given
seconds (600); the time that coil-check adds, mutants of its cases, and what it says of
the coroutines in Boost, which are fetched from Debian. The summary also goes to
docs/proof.md, to be committed.
EOF
}

main() {
    case "$*" in
    --help | -h)
        usage
        exit 0
        ;;
    esac
    if [ $# -gt 1 ] || ! [[ $fuzz_seconds =~ ^[1-9][0-9]*$ ]]; then
        echo "x prove: want at most one argument, the seconds for each fuzzer; see --help" >&2
        exit 2
    fi
    install_packages "the long checks" "${test_packages[@]}"
    mkdir -p build/logs
    local level kind
    for level in O0 O1 O2; do row "tests at -$level" at_level "$level"; done
    for kind in asan tsan; do row "$kind, $repetitions random orders" repeat "$kind"; done
    row "tsan, many threads 5 times" many_threads 5
    row "all models, a switch deeper" models 1
    row "all planted bugs" planted
    row "10,000,000 random programs" random_programs release 10000000
    # Most programs end before a turn of theirs has spent its budget.
    row "1,000,000 with short turns" random_programs short-turns 1000000 \
        -DCMAKE_CXX_FLAGS=-DCOIL_PIECES_PER_TURN=5
    for kind in release asan tsan; do row "stress on many threads, $kind" stress "$kind"; done
    row "fuzzing, $fuzz_seconds s each" fuzz
    row "coil-check: time it adds" check_overhead
    row "coil-check: mutated cases" check_fuzz "$fuzz_seconds"
    row "coil-check: Boost's coroutines" check_foreign
    write_summary
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

# row <title> <function> [argument...]: what the function prints last is its figure.
row() {
    local title=$1 log=build/logs/prove-$2${3:+-$3}.log started=$SECONDS verdict=pass
    shift
    printf '%-32s' "$title"
    ("$@") >"$log" 2>&1 </dev/null || verdict=fail
    local figure took=$((SECONDS - started))
    figure=$(tail -n 1 "$log")
    [ $verdict = pass ] || figure="see $log"
    printf '%s   %s   %s s\n' "$verdict" "$figure" "$took"
    rows+=("$title"$'\t'"$verdict"$'\t'"$figure"$'\t'"$took s")
    if [ $verdict = pass ]; then passed=$((passed + 1)); return; fi
    failed=$((failed + 1))
    tail -n 60 "$log" | sed 's/^/    /'
    echo "    (all of it: $log)"
}

programs() { find "build/$1/coil" "build/$1" -maxdepth 2 -name 'coil_*_test' -type f -perm -u+x | sort -u; }

at_level() {
    set -e
    cmake --preset dev -B "build/$1" "-DCMAKE_CXX_FLAGS_DEBUG=-$1 -gline-tables-only"
    cmake --build "build/$1" -j "$(nproc)" -- -k 0
    run_all "$1" --no-intro
}

repeat() {
    set -e
    cmake --preset "$1"
    cmake --build "build/$1" -j "$(nproc)"
    export TSAN_OPTIONS=halt_on_error=1
    local seed program first=$RANDOM
    for ((seed = first; seed < first + repetitions; ++seed)); do
        for program in $(programs "$1"); do printf '%s\0%s\0' "$program" "$seed"; done
    done | xargs -0 -n 2 -P "$(nproc)" bash -c '
        "$0" --no-intro --order-by=rand "--rand-seed=$1" && exit
        echo "failed: $0 --order-by=rand --rand-seed=$1"
        exit 255  # no others'
    echo "seeds $first to $((first + repetitions - 1))"
}

run_all() {
    local build=$1 program count=0
    shift
    for program in $(programs "$build"); do
        "$program" "$@"
        count=$((count + 1))
    done
    [ "$count" -gt 0 ] || return 1
    echo "$count test programs"
}

planted() {
    mapfile -t names < <(grep -v '^#' tests/planted.txt | cut -d' ' -f1)
    bash tools/planted.sh "${names[@]}"
}

random_programs() {  # <build> <count> [cmake argument...]
    set -e
    local build=build/$1 half=$(($2 / 2)) first=$((RANDOM * 32768 * 1000000)) other
    shift 2
    cmake --preset release -B "$build" "$@"
    cmake --build "$build" -j "$(nproc)" --target random_programs
    "$build/tests/programs/random_programs" "$first" $half >build/logs/random-1.log &
    other=$!
    "$build/tests/programs/random_programs" $((first + half)) $half
    wait $other
    echo "seeds $first to $((first + 2 * half - 1))"
}

fuzz() { bash tools/fuzz.sh "$fuzz_seconds"; }

write_summary() {
    { printf 'check\tverdict\tfigure\ttime\n' && printf '%s\n' "${rows[@]}"; } |
        python3 tools/proof.py "./x prove"
}

main "$@"
