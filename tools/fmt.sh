#!/usr/bin/env bash
# ./x fmt [--check]: the one formatter, pinned to clang-format-19.
set -euo pipefail
source tools/packages.sh
source tools/files.sh

mode=(-i)
case "${1:-}" in
"") ;;
--check) mode=(--dry-run -Werror --ferror-limit=1) ;;
*)
    echo "x fmt: unknown argument '$1'; it takes only --check" >&2
    exit 2
    ;;
esac
install_packages formatting clang-format-19
cpp_files | xargs -0 -P "$(nproc)" -n 20 clang-format-19 "${mode[@]}"
