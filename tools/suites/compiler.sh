# A compiler that miscompiles coroutines is refused with one readable error.
inputs() {
    find tests/compiler -type f -print0 | LC_ALL=C sort -z
    find coil -name '*.hpp' -print0 | LC_ALL=C sort -z
}
check() { bash tests/compiler/refuses_gcc_12.sh; }
