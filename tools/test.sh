#!/usr/bin/env bash
# ./x test [suite...]: runs the suites of tools/suites in the order given here.
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

suites=(format layers tidy build unit compile_fail headers compiler noexcept noheap law9
    asan tsan random failure fuzz planted integration acts proxies browser install snippets)
passed=0 failed=0

main() {
    local chosen=("$@") name
    for name in "${chosen[@]}"; do
        [ -f "tools/suites/$name.sh" ] && continue
        echo "x test: there is no suite '$name'; there are: ${suites[*]}" >&2
        exit 2
    done
    [ ${#chosen[@]} -gt 0 ] || chosen=("${suites[@]}")
    install_packages "the tests" "${test_packages[@]}"
    mkdir -p build/.passed build/logs
    for name in "${chosen[@]}"; do report "$name"; done
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

# Runs one suite and prints its line; after a failure also the end of its output.
report() {
    local name=$1 log=build/logs/$1.log verdict started=$EPOCHREALTIME
    printf '%-14s' "$name"
    bash -euo pipefail tools/suite.sh "$name" >"$log" 2>&1 </dev/null && verdict=pass ||
        verdict=fail
    # The suite's last line may say more than its exit status does.
    [ $verdict = fail ] || verdict=$(tail -n 1 "$log" | sed -n 's/^suite: //p')
    printf '%-44s %6.1f s\n' "$verdict" "$(seconds_since "$started")"
    case $verdict in
    pass* | unchanged*) passed=$((passed + 1)) ;;
    skipped*) ;;
    *)
        failed=$((failed + 1))
        tail -n 60 "$log" | sed 's/^/    /'
        echo "    (all of it: $log)"
        ;;
    esac
}

seconds_since() {
    echo $(((${EPOCHREALTIME/./} - ${1/./}) / 100000)) | sed 's/.$/.&/; s/^\./0./'
}

main "$@"
