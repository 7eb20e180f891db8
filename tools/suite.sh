#!/usr/bin/env bash
# Runs one suite for tools/test.sh. Its last line says how that went:
# "suite: pass", "suite: unchanged since it passed" or "suite: skipped (<why>)".
source tools/builds.sh
source tools/files.sh

not_here() {
    echo "suite: skipped ($1)"
    exit 0
}

# The test programs of a preset, and what they read: the usual `inputs` of suites that
# run them.
test_programs() {
    find "build/$1" -name 'coil_*_test' -type f -executable -print0 | LC_ALL=C sort -z
    find tests -name '*.txt' ! -name CMakeLists.txt -print0 | LC_ALL=C sort -z
}

# run_programs <preset> [ctest argument...]: those that changed since the suite passed;
# all, if anything else did.
run_programs() {
    local preset=$1 passed=$stamp.programs now changed which=()
    shift
    now=$({ printf '%s\0' "$script" && inputs; } | xargs -0 sha256sum | sort)
    touch "$passed"
    changed=$(comm -13 "$passed" - <<<"$now" | sed 's/^[^ ]* *//')
    if grep -qv "^build/$preset/.*_test$" <<<"$changed"; then
        which=(--no-tests=error)
    else
        which=(--no-tests=ignore -R "^($(sed 's|.*/||' <<<"$changed" | paste -sd'|'))(\\.|\$)")
    fi
    ctest --preset "$preset" -j "$(nproc)" "${which[@]}" "$@"
    echo "$now" >"$passed"
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
