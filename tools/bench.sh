#!/usr/bin/env bash
# ./x bench: side-by-side measurements.
set -euo pipefail
echo "x bench: no benchmarks yet" >&2
exit 1
