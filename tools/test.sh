#!/usr/bin/env bash
# ./x test [suite...]: runs the suites of tools/suites, in two lanes.
#
# A suite is a file that defines
#   prepare   builds what it needs (may be slow once, quick when nothing changed)
#   inputs    prints the files its verdict depends on, NUL-separated
#   check     the verdict
# A suite that cannot run here calls `not_here <reason>` in prepare. One whose
# inputs are the same as when it last passed is not run again, and says so.
set -euo pipefail
source tools/packages.sh
source tools/files.sh

first=(format layers tidy build)
heavy=(unit integration parity checked compile_fail headers compiler noexcept noheap asan tsan random fuzz planted)
# These mostly wait, or use one processor: they run beside the heavy ones.
light=(law9 maybe_async models failure acts proxies browser install snippets book plugin ways_in)

main() {
    local suites=("${first[@]}" "${heavy[@]}" "${light[@]}") name
    for name in "$@"; do
        [[ " ${suites[*]} " == *" $name "* ]] && continue
        echo "x test: there is no suite '$name'; there are: ${suites[*]}" >&2
        exit 2
    done
    asked=" ${*:-${suites[*]}} "
    install_packages "the tests" "${test_packages[@]}"
    rm -rf build/.verdicts
    mkdir -p build/.verdicts build/.passed build/logs
    run_suites "${first[@]}"
    set -m  # in a group of its own, which ends when this ends
    run_suites "${light[@]}" </dev/null &
    local beside=$!
    set +m
    trap "kill -- -$beside 2>/dev/null || true" EXIT
    run_suites "${heavy[@]}"
    wait "$beside"  # fails if that lane has died
    echo "$(count passed) passed, $(count failed) failed"
    [ "$(count failed)" -eq 0 ]
}

run_suites() {
    local name
    for name in "$@"; do
        if [[ $asked == *" $name "* ]]; then report "$name"; fi
    done
}
count() { find build/.verdicts -name "*.$1" | wc -l; }

# Runs one suite and prints its line; after a failure also the end of its output.
report() {
    local name=$1 log=build/logs/$1.log verdict started=$EPOCHREALTIME
    bash -euo pipefail tools/suite.sh "$name" >"$log" 2>&1 </dev/null && verdict=pass ||
        verdict=fail
    # The suite's last line may say more than its exit status does.
    [ $verdict = fail ] || verdict=$(tail -n 1 "$log" | sed -n 's/^suite: //p')
    printf '%-14s%-44s %6.1f s\n' "$name" "$verdict" "$(seconds_since "$started")"
    case $verdict in
    pass* | unchanged*) touch "build/.verdicts/$name.passed" ;;
    skipped*) ;;
    *)
        touch "build/.verdicts/$name.failed"
        echo "$(tail -n 60 "$log" | sed 's/^/    /')"$'\n'"    (all of it: $log)"
        ;;
    esac
}

seconds_since() {
    echo $(((${EPOCHREALTIME/./} - ${1/./}) / 100000)) | sed 's/.$/.&/; s/^\./0./'
}

main "$@"
