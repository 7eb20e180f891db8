#!/usr/bin/env bash
# has_no_heap.sh <program>: it runs, and neither calls nor contains operator new.
set -euo pipefail
"$1"
if llvm-nm-19 --demangle "$1" | grep -F 'operator new'; then
    echo "$1: refers to operator new (above); llvm-objdump-19 -dr shows from where"
    exit 1
fi
