#!/usr/bin/env bash
# ./x prove [seconds] [check...]: the long checks that are too slow for CI.
set -euo pipefail
source tools/builds.sh
source tools/packages.sh
source tools/prove_checks.sh
source tools/prove_coil_check.sh

repetitions=20
fuzz_seconds=600
passed=0 failed=0

# name | title | function with its arguments
checks=(
    "O0|tests at -O0|at_level O0"
    "O1|tests at -O1|at_level O1"
    "O2|tests at -O2|at_level O2"
    "asan|asan, $repetitions random orders|repeat asan"
    "tsan|tsan, $repetitions random orders|repeat tsan"
    "threads|tsan, many threads 5 times|many_threads 5"
    "models|all models, a switch deeper|models 1"
    "planted|all planted bugs|planted"
    "random|10,000,000 random programs|random_programs release 10000000"
    # Most programs end before a turn of theirs has spent its budget.
    "short-turns|1,000,000 with short turns|random_programs short-turns 1000000 \
        -DCMAKE_CXX_FLAGS=-DCOIL_PIECES_PER_TURN=5"
    "random-threads|1,000,000 on many threads|threaded_programs release 1000000"
    "random-tsan|100,000 on many threads, tsan|threaded_programs tsan 100000"
    "stress|stress on many threads|stress release"
    "stress-asan|stress on many threads, asan|stress asan"
    "stress-tsan|stress on many threads, tsan|stress tsan"
    "fuzz|fuzzing|fuzz"
    "check-time|coil-check: time it adds|check_overhead"
    "check-fuzz|coil-check: mutated cases|check_fuzz"
    "check-foreign|coil-check: others' coroutines|check_foreign"
    "check-sound|coil-check: what it accepts runs|check_sound"
)

usage() {
    cat <<'EOF'
./x prove [seconds] [check...]

The long checks that are too slow for CI, or only those named:

  O0 O1 O2      the tests at these levels of optimization
  asan tsan     the tests in random orders, many times
  threads       those of many threads, under TSan, five times more
  models        all models, with one more switch between threads, each for a million
                executions at most
  planted       all planted bugs
  random        ten million random programs
  short-turns   a million whose turns end early
  random-threads random-tsan
                a million on many threads; fewer of them under TSan
  stress stress-asan stress-tsan
                everything at once on many threads
  fuzz          each fuzzer for the given seconds (600)
  check-time    the time that coil-check adds
  check-fuzz    coil-check on mutants of its cases, for so many seconds
  check-foreign what it says of the coroutines in Boost and QCoro, fetched from Debian
  check-sound   what it accepts, run under the sanitizers, and what it refuses

Each verdict also goes to docs/proof.md, to be committed.
EOF
}

main() {
    case "$*" in
    --help | -h)
        usage
        exit 0
        ;;
    esac
    if [[ ${1:-} =~ ^[1-9][0-9]*$ ]]; then
        fuzz_seconds=$1
        shift
    fi
    local asked=" $* " check name title call titles=()
    for check in "${checks[@]}"; do titles+=("$(cut -d'|' -f2 <<<"$check" | head -n 1)"); done
    for name in "$@"; do
        printf '%s\n' "${checks[@]}" | grep -q "^$name|" && continue
        echo "x prove: there is no check '$name'; see --help" >&2
        exit 2
    done
    install_packages "the long checks" "${test_packages[@]}"
    mkdir -p build/logs
    for check in "${checks[@]}"; do
        IFS='|' read -r name title call <<<"$check"
        [[ $asked == "  " || $asked == *" $name "* ]] || continue
        prove "$name" "$title" "$call"
    done
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

# prove <name> <title> <call>: what the call prints last is its figure.
prove() {
    local log=build/logs/prove-$1.log started=$SECONDS verdict=pass figure took
    printf '%-32s' "$2"
    # Not with ||, before which bash does not stop at what fails.
    set +e
    # shellcheck disable=SC2086  # a function and its arguments
    (set -e && $3) >"$log" 2>&1 </dev/null
    [ $? -eq 0 ] || verdict=fail
    set -e
    took=$((SECONDS - started))
    figure=$(tail -n 1 "$log")
    [ $verdict = pass ] || figure="see $log"
    printf '%s   %s   %s s\n' "$verdict" "$figure" "$took"
    printf '%s\t%s\t%s\t%s s\n' "$2" $verdict "$figure" $took |
        python3 tools/proof.py "./x prove" "${titles[@]}"
    if [ $verdict = pass ]; then passed=$((passed + 1)); return; fi
    failed=$((failed + 1))
    tail -n 60 "$log" | sed 's/^/    /'
    echo "    (all of it: $log)"
}

main "$@"
