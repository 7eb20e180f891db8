# The programs of the book print what it shows, and what it refuses is refused so.
plugin=build/dev/plugin/coil_check.so
prepare() {
    build_preset dev
    build_preset dev coil_check
}
inputs() {
    printf '%s\0' $plugin tools/check_snippets.py
    find build/dev/docs/book -maxdepth 1 -name 'book_*' -type f -print0 | LC_ALL=C sort -z
    find docs/book -type f -print0 | LC_ALL=C sort -z
    find coil -name '*.hpp' -print0 | LC_ALL=C sort -z
}
check() {
    ctest --preset dev -j "$(nproc)" --no-tests=error -L book
    python3 tools/check_snippets.py --refused $plugin
}
