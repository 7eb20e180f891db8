#!/usr/bin/env bash
# Which headers of the standard library <coil/core/core.hpp> pulls in, compared with
# the list that was agreed to. A new entry costs every user compile time.
set -euo pipefail
header=coil/core/core.hpp
agreed=tests/headers/core_std_headers.txt
[ -f "$header" ] || exit 0

# Only what our own files include by name; what those drag in is the library's affair.
clang++-19 -std=c++20 -I. -M -x c++ "$header" | tr -d '\\' | tr ' ' '\n' |
    grep -o 'coil/[a-z].*\.hpp$' | sort -u |
    xargs sed -n 's/^#include <\([a-z_]*\)>.*/\1/p' | sort -u >build/core_std_headers.txt

[ "${1:-}" != --update ] || cp build/core_std_headers.txt "$agreed"
if ! diff -u "$agreed" build/core_std_headers.txt; then
    echo "$header now includes other std headers (above). If that is worth its price:"
    echo "  bash tests/headers/core_std_headers.sh --update"
    exit 1
fi
