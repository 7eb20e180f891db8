# coil-check finds what its cases expect, and its pages show what it says.
plugin=build/dev/plugin/coil_check.so
prepare() { build_preset dev coil_check; }
inputs() {
    printf '%s\0' $plugin plugin/run_cases.py
    find plugin/checks \( -name '*_test.cpp' -o -name '*.md' \) -print0 | LC_ALL=C sort -z
    find coil -name '*.hpp' -print0 | LC_ALL=C sort -z
}
check() { python3 plugin/run_cases.py $plugin; }
