#!/usr/bin/env bash
# compiles_alone.sh <header>: a file that includes nothing else compiles cleanly.
# It makes an object, not just diagnostics, because only those are cached.
# It is included: in the file that is compiled itself `#pragma once` says nothing, and a
# header that its own detail includes again would be there twice.
object=build/headers/${1//\//.}.o
if ! ccache clang++-19 -std=c++20 -I. -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
    -Werror -x c++ -include "$1" -c /dev/null -o "$object"; then
    echo "$1: does not compile alone; include what it uses"
    exit 1
fi
