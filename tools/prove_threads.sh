# What ./x prove says about many threads; sourced by tools/prove.sh.

many_threads() {  # <times>
    set -e
    cmake --preset tsan
    cmake --build build/tsan -j "$(nproc)"
    export TSAN_OPTIONS=halt_on_error=1
    local file='*multi_thread*,*many_threads*' turn program log=build/logs/many-threads.log
    mapfile -t all < <(find build/tsan -name 'coil_*_test' ! -name coil_models_test -type f | sort)
    for ((turn = 0; turn < $1; ++turn)); do
        for program in "${all[@]}"; do
            "$program" --no-intro -tc='*thread*'
            "$program" --no-intro -sf="$file" -tce='*thread*'
        done
    done | tee "$log"
    [ "${PIPESTATUS[0]}" -eq 0 ]
    echo "$(($(grep -oP 'test cases: +\K\d+' "$log" | paste -sd+) / $1)) test cases, $1 times"
}

models() {  # <switches more>
    set -eo pipefail
    cmake --preset release
    cmake --build build/release -j "$(nproc)" --target coil_models_test
    COIL_MODEL_SWITCHES_MORE=$1 build/release/tests/models/coil_models_test --no-intro |
        tee build/logs/models.log
    grep -E '^[0-9]+ (models|weaker|planted)' build/logs/models.log | paste -sd';' | sed 's/;/; /g'
}

threaded_programs() {  # <preset> <count>
    set -e
    local first=$((RANDOM * 32768 * 1000000))
    cmake --preset "$1"
    cmake --build "build/$1" -j "$(nproc)" --target threaded_programs
    TSAN_OPTIONS=halt_on_error=1 "build/$1/tests/programs/threaded_programs" "$first" "$2"
    echo "seeds $first to $((first + $2 - 1))"
}

stress() {
    set -e
    local rounds=1000 first=$((RANDOM * 32768 + RANDOM)) program
    [ "$1" = release ] && rounds=20000
    cmake --preset "$1"
    cmake --build "build/$1" -j "$(nproc)" --target coil_stress_test
    program=$(find "build/$1" -name coil_stress_test -type f)
    TSAN_OPTIONS=halt_on_error=1 COIL_STRESS_SEED=$first COIL_STRESS_ROUNDS=$rounds \
        "$program" --no-intro
    echo "seeds $first to $((first + rounds - 1))"
}
