# What ./x prove says about coil-check; sourced by tools/prove.sh.

build_check() { build_preset dev coil_check coil_check_tool; }

check_overhead() {
    build_check
    python3 plugin/overhead.py build/dev/plugin/coil_check.so build/dev --tests 50
}

check_fuzz() {
    build_check
    python3 plugin/fuzz.py build/dev/plugin/coil_check.so --seconds "$fuzz_seconds"
}

check_foreign() {
    build_check
    python3 plugin/foreign.py build/dev/plugin/coil-check
}

# What coil-check accepts runs clean under the sanitizers, which report each twin of it
# that coil-check refuses.
check_sound() {
    local twins=0 turn
    build_check
    python3 plugin/run_cases.py build/dev/plugin/coil_check.so {sendable,lifetime}-{runs,twins}
    build_preset tsan coil_sound_test sendable_twins
    build_preset asan coil_sound_test lifetime_twins
    export TSAN_OPTIONS=halt_on_error=1 ASAN_OPTIONS=detect_stack_use_after_return=1
    for ((turn = 0; turn < repetitions; ++turn)); do
        build/tsan/tests/sound/coil_sound_test --no-intro
    done
    build/asan/tests/sound/coil_sound_test --no-intro
    expect_reports build/tsan/tests/sound/sendable_twins ThreadSanitizer
    expect_reports build/asan/tests/sound/lifetime_twins AddressSanitizer
    echo "$twins twins are reported"
}

# Each by itself, as a report ends the program.
expect_reports() {  # <program> <sanitizer>; counts in `twins`
    local name
    mapfile -t names < <("$1" --no-intro --list-test-cases | grep '^twins: ')
    for name in "${names[@]}"; do
        is_reported "$1" "$2" "$name" || {
            echo "$2 does not report '$name'"
            return 1
        }
        twins=$((twins + 1))
    done
}

is_reported() {  # <program> <sanitizer> <test case>
    local turn
    for turn in 1 2 3 4 5; do  # threads may miss each other
        { TSAN_OPTIONS=halt_on_error=1:symbolize=0 ASAN_OPTIONS+=:symbolize=0 \
            timeout -s KILL 60 "$1" --no-intro -tc="$3" 2>&1 </dev/null || true; } |
            grep "$2:" && return
    done
    return 1
}
