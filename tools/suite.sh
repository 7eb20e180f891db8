#!/usr/bin/env bash
# Runs one suite for tools/test.sh. Its last line says how that went:
# "suite: pass", "suite: unchanged since it passed" or "suite: skipped (<why>)".
source tools/files.sh

not_here() {
    echo "suite: skipped ($1)"
    exit 0
}

# build_preset <preset> [target...]: the usual `prepare`.
build_preset() {
    local preset=$1 lock
    shift
    exec {lock}>"build/.$preset.lock"  # another suite may want to build it, too
    flock "$lock"
    cmake --preset "$preset" >"build/logs/$preset-configure.log" 2>&1 || {
        cat "build/logs/$preset-configure.log"
        return 1
    }
    cmake --build --preset "$preset" -j "$(nproc)" ${1:+--target "$@"}
    exec {lock}>&-
}

# The test programs of a preset: the usual `inputs` of suites that run them.
test_programs() {
    find "build/$1" -name 'coil_*_test' -type f -executable -print0 | LC_ALL=C sort -z
}

run_programs() {  # <preset> [ctest argument...]
    local preset=$1
    shift
    ctest --preset "$preset" -j "$(nproc)" --no-tests=error "$@"
}

fingerprint() {
    { echo "$script" | tr '\n' '\0'; inputs; } | xargs -0 sha256sum | sha256sum
}

script=tools/suites/$1.sh
stamp=build/.passed/$1
prepare() { :; }
source "$script"

prepare
now=$(fingerprint)
if [ "$now" = "$(cat "$stamp" 2>/dev/null)" ]; then
    echo "suite: unchanged since it passed"
    exit 0
fi
rm -f "$stamp"
check
echo "$now" >"$stamp"
echo "suite: pass"
