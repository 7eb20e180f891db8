# Random programs on coil, compared with the model: new seeds for each commit.
prepare() {
    local preset
    for preset in release asan tsan noexcept; do build_preset "$preset" random_programs; done
}
inputs() { find build/{release,asan,tsan,noexcept}/tests/programs -name random_programs -print0 | LC_ALL=C sort -z; }
check() {
    local first jobs=()
    first=$((16#$(git rev-parse --short=8 HEAD 2>/dev/null || echo 1) * 10000000))
    export TSAN_OPTIONS=halt_on_error=1
    run_from release "$first" 500000 & jobs+=($!)
    run_from release $((first + 500000)) 500000 & jobs+=($!)
    run_from asan "$first" 50000 & jobs+=($!)
    run_from tsan "$first" 20000 & jobs+=($!)
    run_from noexcept "$first" 50000 & jobs+=($!)
    local job failed=0
    for job in "${jobs[@]}"; do wait "$job" || failed=1; done
    return "$failed"
}
run_from() {
    local log=build/logs/random-$1-$2.log verdict=0
    "build/$1/tests/programs/random_programs" "$2" "$3" >"$log" 2>&1 || verdict=1
    sed "s/^/$1: /" "$log"
    return "$verdict"
}
