#!/usr/bin/env bash
# hello.cpp stops with exactly one error, which says why and what to install.
set -euo pipefail

if output=$(g++-12 -std=c++20 -I. -fsyntax-only tests/compiler/hello.cpp 2>&1); then
    echo "g++-12 compiled hello.cpp, but it must refuse it"
    exit 1
fi
echo "$output"
errors=$(grep -c 'error:' <<<"$output")
[ "$errors" -eq 1 ] || { echo "g++-12 printed $errors errors; one is readable"; exit 1; }
for words in '#error' 'silently miscompiles' 'apt-get install clang-19'; do
    grep -qF "$words" <<<"$output" || { echo "the error does not say: $words"; exit 1; }
done
