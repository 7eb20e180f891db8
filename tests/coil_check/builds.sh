#!/usr/bin/env bash
# coil_check() in a stranger's build: of Clang 19 and of GCC, with and without precompiled
# headers, with ccache, in parallel; and a compiler that the plugin is not for.
# builds.sh <folder of an installed coil with coil-check>
set -euo pipefail
prefix=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CCACHE_DIR=$work/ccache CCACHE_SLOPPINESS=pch_defines,time_macros
unset CCACHE_DISABLE

main() {
    local compiler precompiled
    for compiler in clang++-19 g++-12; do
        for precompiled in OFF ON; do
            in_a_build_of $compiler -DPRECOMPILED=$precompiled
        done
    done
    in_a_build_of clang++-19 -DCMAKE_CXX_COMPILER_LAUNCHER=ccache
    hits_the_cache
    a_changed_header_counts g++-12
    as_a_program
    for compiler in clang++-14 clang++-15 clang++-16 clang++-17 clang++-18 clang++-20; do
        ! command -v $compiler >/dev/null || refuses_another $compiler
    done
    echo "coil_check() works"
}

# in_a_build_of <compiler> [cmake argument...]
in_a_build_of() {
    what="$*"
    build="$work/build-${what// /}"
    cmake -S tests/coil_check -B "$build" -G Ninja -DCMAKE_CXX_COMPILER="$1" \
        -DCMAKE_PREFIX_PATH="$prefix" "${@:2}" >"$work/log" 2>&1 || fail "no configuration"
    makes right 'Building CXX object'
    refuses wrong 'is thrown away.*\[coil-unawaited\]'
    [ -z "$(find "$build" -path '*wrong.dir*' -name 'wrong.cpp.o')" ] ||
        fail "what is wrong has an object file"
    makes warned 'warning: .*is thrown away.*\[coil-unawaited\]'
    refuses forgotten 'coil-check does not look at this file'
}

makes() {  # <target> <text>
    cmake --build "$build" -j 4 --target "$1" >"$work/log" 2>&1 || fail "'$1' does not build"
    grep -q "$2" "$work/log" || fail "'$1' says nothing of: $2"
}

refuses() {  # <target> <text>
    ! cmake --build "$build" -j 4 --target "$1" >"$work/log" 2>&1 || fail "'$1' builds"
    grep -q "$2" "$work/log" || fail "'$1' fails, but not with: $2"
}

# The second build of the same finds all objects; the error is found again.
hits_the_cache() {
    ccache --zero-stats >/dev/null
    cmake --build "$build" --target clean >/dev/null
    makes right 'Building CXX object'
    ccache --print-stats >"$work/log"
    grep -qP '^(direct|preprocessed)_cache_hit\t4$' "$work/log" || fail "no hits of ccache"
    refuses wrong 'is thrown away'
}

# What is looked at again when an included file changed.
a_changed_header_counts() {
    local folder=$work/header
    mkdir "$folder"
    cat >"$folder/CMakeLists.txt" <<EOF
cmake_minimum_required(VERSION 3.25)
project(header LANGUAGES CXX)
find_package(coil REQUIRED)
add_compile_definitions(COIL_ALLOW_MISCOMPILING_GCC)
add_library(one OBJECT one.cpp)
target_link_libraries(one PRIVATE coil::core)
coil_check(one)
EOF
    cp tests/coil_check/right.cpp "$folder/one.hpp"
    echo '#include "one.hpp"' >"$folder/one.cpp"
    what="a header, $1"
    build=$folder/build
    cmake -S "$folder" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER="$1" \
        -DCMAKE_PREFIX_PATH="$prefix" >"$work/log" 2>&1 || fail "no configuration"
    makes one 'coil-check .*one.cpp'
    makes one 'no work to do'
    cp tests/coil_check/wrong.cpp "$folder/one.hpp"
    refuses one 'one.hpp:.*is thrown away'
}

# `coil-check -p build` on the whole of a build with GCC, two files at once.
as_a_program() {
    what="coil-check -p"
    build="$work/build-g++-12-DPRECOMPILED=ON"
    cmake "$build" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >"$work/log" 2>&1 || fail "no commands"
    ! "$prefix/bin/coil-check" -p "$build" -j 2 >"$work/log" 2>&1 || fail "nothing found"
    [ "$(grep -c '\[coil-unawaited\]$' "$work/log")" -eq 2 ] || fail "it finds it not twice"
    "$prefix/bin/coil-check" -p "$build" "$build/right_1.cpp" >"$work/log" 2>&1 ||
        fail "it finds something in what is right"
}

refuses_another() {
    what=$1
    ! "$1" -std=c++20 -fplugin="$prefix/lib/coil/coil_check.so" -fsyntax-only \
        tests/doctest_main.cpp >"$work/log" 2>&1 || fail "it takes the plugin"
    grep -q "^error: coil_check.so is for clang 19, and this is '.*version ${1#clang++-}" \
        "$work/log" || fail "no clear word about the version"
}

fail() {
    cat "$work/log"
    echo "$what: $1"
    exit 1
}

main
