# Every test program under ThreadSanitizer.
prepare() { build_preset tsan; }
inputs() { test_programs tsan; }
check() {
    export TSAN_OPTIONS=halt_on_error=1:external_symbolizer_path=/usr/bin/llvm-symbolizer-19
    run_programs tsan -LE denied
}
