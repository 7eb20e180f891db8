# Every test program under AddressSanitizer and UndefinedBehaviorSanitizer.
prepare() { build_preset asan; }
inputs() { test_programs asan; }
check() {
    export ASAN_OPTIONS=detect_stack_use_after_return=1:detect_leaks=1:malloc_context_size=10
    export UBSAN_OPTIONS=print_stacktrace=1
    export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19
    run_programs asan -LE denied
}
