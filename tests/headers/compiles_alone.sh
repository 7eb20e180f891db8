#!/usr/bin/env bash
# compiles_alone.sh <header>: a file that includes nothing else compiles cleanly.
# It makes an object, not just diagnostics, because only those are cached.
object=build/headers/${1//\//.}.o
if ! ccache clang++-19 -std=c++20 -I. -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
    -Wno-pragma-once-outside-header -Werror -x c++ -c "$1" -o "$object"; then
    echo "$1: does not compile alone; include what it uses"
    exit 1
fi
