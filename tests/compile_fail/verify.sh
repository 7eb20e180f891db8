#!/usr/bin/env bash
# verify.sh <case.cpp>: the diagnostics are exactly those the case expects.
if ! clang++-19 -std=c++20 -I. -fsyntax-only -Xclang -verify "$1"; then
    echo "$1: the compiler said something else than the case expects (above)"
    exit 1
fi
