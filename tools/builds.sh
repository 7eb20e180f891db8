# Sourced by tools/suite.sh and tools/prove.sh: building a preset.

# build_preset <preset> [target...]: of suites the usual `prepare`.
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
