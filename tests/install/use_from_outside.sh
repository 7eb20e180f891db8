#!/usr/bin/env bash
# Installs the dev build into a temporary prefix and uses it as a stranger would.
set -euo pipefail
outside=$(mktemp -d)
trap 'rm -rf "$outside"' EXIT

cmake --install build/dev --prefix "$outside/prefix"
cp tests/install/CMakeLists.txt tests/install/hello.cpp "$outside"
cmake -S "$outside" -B "$outside/build" -G Ninja \
    -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_PREFIX_PATH="$outside/prefix"
cmake --build "$outside/build"
said=$("$outside/build/hello")
[ "$said" = "hello, coil: 42" ] || { echo "hello said '$said'"; exit 1; }
