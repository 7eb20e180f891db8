# What ./x prove says about coil-check; sourced by tools/prove.sh.

build_check() { build_preset dev coil_check coil_check_tool; }

check_overhead() {
    build_check
    python3 plugin/overhead.py build/dev/plugin/coil_check.so build/dev
}

check_fuzz() {
    build_check
    python3 plugin/fuzz.py build/dev/plugin/coil_check.so --seconds "$fuzz_seconds"
}

check_foreign() {
    build_check
    python3 plugin/foreign.py build/dev/plugin/coil-check
}
