#!/usr/bin/env bash
# ./x bench [ROW...]: side-by-side measurements; `./x bench --help` names the rows.
set -euo pipefail
source tools/packages.sh

main() {
    install_packages "the benchmarks" python3
    case " $* " in
    *" -h "* | *" --help "*) exec python3 bench/report.py --help ;;
    esac
    python3 bench/report.py --check "$@"  # before anything takes long
    install_packages "the benchmarks" "${build_packages[@]}" git valgrind
    mkdir -p build/logs
    build >build/logs/bench.log 2>&1 || {
        tail -n 30 build/logs/bench.log >&2
        echo "x bench: the build failed (all of it: build/logs/bench.log)" >&2
        exit 1
    }
    exec python3 bench/report.py "$@"
}

build() {
    cmake --preset release
    cmake --build --preset release -j "$(nproc)" --target coil_bench
}

main "$@"
