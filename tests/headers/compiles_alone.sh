#!/usr/bin/env bash
# compiles_alone.sh <header>: a file that includes nothing else compiles cleanly.
if ! clang++-19 -std=c++20 -I. -fsyntax-only -Wall -Wextra -Wpedantic -Wshadow \
    -Wconversion -Wno-pragma-once-outside-header -Werror -x c++ "$1"; then
    echo "$1: does not compile alone; include what it uses"
    exit 1
fi
