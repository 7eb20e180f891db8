# coil-check finds what its cases expect, in each of its ways in, and never crashes; its
# pages show what it says.
built=build/dev/plugin
prepare() { build_preset dev coil_check coil_check_tool coil_check_tidy; }
inputs() {
    printf '%s\0' $built/{coil_check.so,coil_check_tidy.so,coil-check}
    find plugin \( -name '*.py' -o -name '*_test.cpp' -o -name '*.md' -o -name 'differs*' \) \
        -print0 | LC_ALL=C sort -z
    find coil -name '*.hpp' -print0 | LC_ALL=C sort -z
}
check() {
    local way
    for way in coil_check.so coil_check_tidy.so coil-check; do
        python3 plugin/run_cases.py $built/$way
    done
    python3 plugin/fuzz.py $built/coil_check.so --seconds 30
}
