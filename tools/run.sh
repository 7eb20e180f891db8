#!/usr/bin/env bash
# ./x run: builds the example service and plays its acts.
set -euo pipefail
source tools/packages.sh

usage() {
    cat <<'EOF'
./x run

Builds the service of examples/orders and plays its acts: serve, load by real clients,
500 clients vanish, overload, two threads, Ctrl-C, and what does not compile. Each act names
the source lines it shows.

On a terminal the service then stays up until Ctrl-C, and its address is printed.
Exit status: the number of acts that failed.
EOF
}

main() {
    case "$*" in
    "") ;;
    --help | -h)
        usage
        exit 0
        ;;
    *)
        echo "x run: unknown argument '$1'; it takes only --help" >&2
        exit 2
        ;;
    esac
    install_packages "the example service" "${run_packages[@]}"
    build "the service" release orders
    # Not in the release build: the tests use this one, too.
    build "coil-check, the compiler plugin of the last act" dev coil_check
    exec /usr/bin/python3 tools/acts/play.py build/release/examples/orders/orders
}

build() {  # <what> <preset> <target>
    local log=build/logs/run-$3.log started=$SECONDS
    mkdir -p build/logs
    echo "x run: building $1"
    if ! { cmake --preset "$2" &&
        cmake --build --preset "$2" -j "$(nproc)" --target "$3"; } >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        echo "x run: the build failed (all of it: $log)" >&2
        exit 1
    fi
    echo "x run: built in $((SECONDS - started)) s"
}

main "$@"
