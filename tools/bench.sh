#!/usr/bin/env bash
# ./x bench [ROW...]: side-by-side measurements; `./x bench --help` names the rows.
set -euo pipefail
source tools/packages.sh

programs=$PWD/build/release/bench

main() {
    install_packages "the benchmarks" python3
    case " $* " in
    *" -h "* | *" --help "*) exec python3 bench/report.py --help ;;
    esac
    python3 bench/report.py --check "$@"  # before anything takes long
    install_packages "the benchmarks" "${build_packages[@]}" git valgrind
    mkdir -p build/logs
    build_part "coil and its C++ peers" bench build
    build_peer tokio rustc cargo librust-tokio-dev librust-hyper-dev librust-rayon-dev
    build_peer go golang-go
    build_peer nginx nginx-light
    install_packages "the other allocator" libtcmalloc-minimal4 ||
        echo "x bench: tcmalloc is left out: its package cannot be installed" >&2
    exec python3 bench/report.py "$@"
}

build() {
    cmake --preset release &&
        cmake --build --preset release -j "$(nproc)" --target coil_bench
}

# build_peer <name> <package>...: builds one that is not in C++. One that cannot be had
# leaves no program behind, so the tables have no column for it.
build_peer() {
    local name=$1
    shift
    if ! install_packages "the benchmarks of $name" "$@"; then
        echo "x bench: $name is left out: its packages cannot be installed" >&2
        rm -f "$programs/coil_bench_$name"_*
        [ "$name" != tokio ] || rm -f "$programs"/coil_bench_rayon_*
        return
    fi
    build_part "$name" "bench-$name" "build_$name"
}

# With Debian's own compilers, whatever else is in PATH, and nothing from a network.
build_tokio() {
    (cd bench/tokio && CARGO_HOME=$PWD/../../build/cargo \
        env -u RUSTC -u RUSTFLAGS -u CARGO_TARGET_DIR /usr/bin/cargo build --release) &&
        install build/tokio/release/rows "$programs/coil_bench_tokio_rows" &&
        install build/tokio/release/rayon_rows "$programs/coil_bench_rayon_rows" &&
        install build/tokio/release/server "$programs/coil_bench_tokio_server"
}

build_go() {
    local name
    for name in rows server; do
        (cd bench/go && GOPROXY=off GOFLAGS=-buildvcs=false GOCACHE=$PWD/../../build/go \
            /usr/bin/go build -o "$programs/coil_bench_go_$name" "./$name") || return
    done
}

build_nginx() {
    install bench/nginx/server.py "$programs/coil_bench_nginx_server"
}

# build_part <what> <log> <command>: quiet unless it fails.
build_part() {
    local log=build/logs/$2.log
    "$3" >"$log" 2>&1 && return
    tail -n 30 "$log" >&2
    echo "x bench: the build of $1 failed (all of it: $log)" >&2
    exit 1
}

main "$@"
