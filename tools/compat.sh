#!/usr/bin/env bash
# ./x compat: builds and tests with GCC 14, in a Debian trixie root kept for next time.
# ./x compat --sid: builds the example of C++26's reflection with GCC 16, in one of sid.
# That is a look ahead, and no gate: sid changes every day.
set -euo pipefail
source tools/packages.sh

cache=${XDG_CACHE_HOME:-$HOME/.cache}/coil
suite=trixie
root=$cache/$suite
inside=(g++-14 cmake ninja-build ccache doctest-dev libsqlite3-dev libboost-dev
    nlohmann-json3-dev libcli11-dev liburing-dev)

main() {
    local asked=${1:-}
    if [ $# -gt 1 ] || [[ $asked != @(|--sid) ]]; then
        echo "x compat: unknown arguments '$*'; it takes --sid or none" >&2
        exit 2
    fi
    [ "$(id -u)" -eq 0 ] || become_root "$@"
    if [ "$asked" = --sid ]; then
        suite=sid root=$cache/sid inside=(g++-16 cmake ninja-build)
    fi
    install_packages "the $suite root" mmdebstrap python3 git
    make_root
    if [ "$asked" = --sid ]; then
        look_at_reflection
        return
    fi
    local failed=0 passed=0 level
    for level in O0 O2; do
        printf 'gcc 14 -%-6s' "$level"
        if check_level "$level"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    done
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

# Only root may change its root folder.
become_root() {
    if ! command -v sudo >/dev/null; then
        echo "x compat: makes a chroot, so it needs root or sudo" >&2
        exit 1
    fi
    exec sudo --preserve-env=XDG_CACHE_HOME,HOME bash tools/compat.sh "$@"
}

# The list of packages is part of the root's name tag, so a longer list makes a new root.
make_root() {
    [ "$(cat "$root/etc/coil-packages" 2>/dev/null)" != "${inside[*]}" ] || return 0
    echo "x: making a Debian $suite root with ${inside[0]} in $root"
    mkdir -p "$cache"
    rm -rf "$root"
    local packages=${inside[*]} log=$cache/$suite.log
    # A mirror may be behind by more than the week for which sid's list is signed.
    if ! mmdebstrap --mode=root --variant=apt --include="${packages// /,}" \
        --aptopt='Acquire::Check-Valid-Until "false"' "$suite" "$root" \
        >"$log" 2>&1 </dev/null; then
        tail -n 30 "$log" >&2
        rm -rf "$root"
        exit 1
    fi
    echo "$packages" >"$root/etc/coil-packages"
}

# The tree is copied, not bound: a mount would outlive a killed script.
check_level() {
    local level=$1 log=build/logs/compat-$1.log started=$SECONDS verdict=pass
    mkdir -p build/logs "$root/coil"
    copy_tree
    chroot "$root" bash -s "$level" >"$log" 2>&1 <<'EOF' || verdict=fail
set -euo pipefail
cd /coil
export CCACHE_DIR=/var/cache/ccache
cmake -S . -B "build/$1" -G Ninja -DCMAKE_CXX_COMPILER=g++-14 \
    -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_FLAGS="-$1" -DCOIL_MARKS=ON
cmake --build "build/$1" -- -k 0
ctest --test-dir "build/$1" --output-on-failure --no-tests=error -L 'unit|denied'
EOF
    local figure took=$((SECONDS - started))
    figure=$(grep 'tests passed' "$log" || echo "see $log")
    printf '%s   %s   %s s\n' "$verdict" "$figure" "$took"
    printf '%s\t%s\t%s\t%s s\n' "gcc 14 -$level" $verdict "$figure" $took |
        python3 tools/proof.py "./x compat" "gcc 14 -O0" "gcc 14 -O2"
    if [ $verdict = fail ]; then
        tail -n 60 "$log" | sed 's/^/    /'
        echo "    (all of it: $log)"
        return 1
    fi
}

look_at_reflection() {
    local log=build/logs/compat-sid.log
    mkdir -p build/logs "$root/coil"
    copy_tree
    if chroot "$root" bash -s >"$log" 2>&1 <<'EOF'; then
set -euo pipefail
cd /coil
cmake -S . -B build/sid -G Ninja -DCMAKE_CXX_COMPILER=g++-16 -DCMAKE_BUILD_TYPE=Release \
    -DCOIL_DEVELOPER=OFF
cmake --build build/sid
g++-16 -std=c++26 -freflection -O2 -Wall -Wextra -I. examples/reflection/main.cpp \
    -Wl,--start-group build/sid/coil/*/libcoil_*.a -Wl,--end-group -pthread \
    -o build/sid/reflection
[ "$(build/sid/reflection)" = "42 1" ]
EOF
        echo "gcc 16, reflection: pass"
    else
        tail -n 60 "$log" | sed 's/^/    /'
        echo "gcc 16, reflection: fail (all of it: $log)"
        return 1
    fi
}

# Times are kept, so that an unchanged file is not built again.
copy_tree() {
    find "$root/coil" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
    tar --create --exclude=./build --exclude=./.git . | tar --extract --directory "$root/coil"
}

main "$@"
