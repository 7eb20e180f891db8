#!/usr/bin/env bash
# planted.sh <name>...: builds with each of these bugs of tests/planted.txt planted, and
# fails unless the program that the list names for it does.
set -euo pipefail

seconds_max=60
missed=0

main() {
    local name
    mkdir -p build/logs
    for name in "$@"; do
        plant "$name"
        if run; then
            echo "$name: NOT FOUND by $program"
            missed=$((missed + 1))
        else
            echo "$name: found by $program"
        fi
    done
    echo "$# planted, $missed not found"
    [ "$missed" -eq 0 ]
}

plant() {
    read -r _ program arguments < <(grep "^$1 " tests/planted.txt)
    cmake --preset planted "-DCOIL_PLANT=$1" >build/logs/planted-build.log 2>&1 &&
        cmake --build --preset planted -j "$(nproc)" --target "$program" \
            >>build/logs/planted-build.log 2>&1 && return
    tail -n 30 build/logs/planted-build.log
    echo "$1: the build failed"
    exit 1
}

run() {
    local file
    file=$(find build/planted -name "$program" -type f)
    # shellcheck disable=SC2086
    timeout "$seconds_max" "$file" $arguments >build/logs/planted-run.log 2>&1
}

main "$@"
