# What ./x prove checks, under set -euo pipefail; sourced by tools/prove.sh.

programs() { find "build/$1/coil" "build/$1" -maxdepth 2 -name 'coil_*_test' -type f -perm -u+x | sort -u; }

at_level() {
    cmake --preset dev -B "build/$1" "-DCMAKE_CXX_FLAGS_DEBUG=-$1 -gline-tables-only"
    cmake --build "build/$1" -j "$(nproc)" -- -k 0
    run_all "$1" --no-intro
}

repeat() {
    build_preset "$1"
    export TSAN_OPTIONS=halt_on_error=1
    local seed program first=$RANDOM
    for ((seed = first; seed < first + repetitions; ++seed)); do
        for program in $(programs "$1"); do printf '%s\0%s\0' "$program" "$seed"; done
    done | xargs -0 -n 2 -P "$(nproc)" bash -c '
        "$0" --no-intro --order-by=rand "--rand-seed=$1" && exit
        echo "failed: $0 --order-by=rand --rand-seed=$1"
        exit 255  # no others'
    echo "seeds $first to $((first + repetitions - 1))"
}

run_all() {
    local build=$1 program count=0
    shift
    for program in $(programs "$build"); do
        "$program" "$@"
        count=$((count + 1))
    done
    [ "$count" -gt 0 ] || return 1
    echo "$count test programs"
}

planted() {
    mapfile -t names < <(grep -v '^#' tests/planted.txt | cut -d' ' -f1)
    bash tools/planted.sh "${names[@]}"
}

random_programs() {  # <build> <count> [cmake argument...]
    local build=build/$1 half=$(($2 / 2)) first=$((RANDOM * 32768 * 1000000)) other
    shift 2
    cmake --preset release -B "$build" "$@"
    cmake --build "$build" -j "$(nproc)" --target random_programs
    "$build/tests/programs/random_programs" "$first" $half >build/logs/random-1.log &
    other=$!
    "$build/tests/programs/random_programs" $((first + half)) $half
    wait $other
    echo "seeds $first to $((first + 2 * half - 1))"
}

fuzz() { bash tools/fuzz.sh "$fuzz_seconds"; }

many_threads() {  # <times>
    build_preset tsan
    export TSAN_OPTIONS=halt_on_error=1
    local file='*multi_thread*,*many_threads*' turn program log=build/logs/many-threads.log
    mapfile -t all < <(find build/tsan -name 'coil_*_test' ! -name coil_models_test -type f | sort)
    for ((turn = 0; turn < $1; ++turn)); do
        for program in "${all[@]}"; do
            "$program" --no-intro -tc='*thread*'
            "$program" --no-intro -sf="$file" -tce='*thread*'
        done
    done | tee "$log"
    echo "$(($(grep -oP 'test cases: +\K\d+' "$log" | paste -sd+) / $1)) test cases, $1 times"
}

models() {  # <switches more>
    build_preset release coil_models_test
    COIL_MODEL_SWITCHES_MORE=$1 build/release/tests/models/coil_models_test --no-intro |
        tee build/logs/models.log
    grep -E '^[0-9]+ (models|weaker|planted)' build/logs/models.log | paste -sd';' | sed 's/;/; /g'
}

threaded_programs() {  # <preset> <count>
    local first=$((RANDOM * 32768 * 1000000))
    build_preset "$1" threaded_programs
    TSAN_OPTIONS=halt_on_error=1 "build/$1/tests/programs/threaded_programs" "$first" "$2"
    echo "seeds $first to $((first + $2 - 1))"
}

stress() {
    local rounds=1000 first=$((RANDOM * 32768 + RANDOM)) program
    [ "$1" = release ] && rounds=20000
    build_preset "$1" coil_stress_test
    program=$(find "build/$1" -name coil_stress_test -type f)
    TSAN_OPTIONS=halt_on_error=1 COIL_STRESS_SEED=$first COIL_STRESS_ROUNDS=$rounds \
        "$program" --no-intro
    echo "seeds $first to $((first + rounds - 1))"
}
