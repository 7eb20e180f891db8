# On one thread no operation costs an atomic read-modify-write.
inputs() {
    find tests/law9 -type f -print0 | LC_ALL=C sort -z
    find coil/base coil/core coil/sync coil/time coil/parallel -name '*.?pp' -print0 | LC_ALL=C sort -z
}
check() { bash tests/law9/no_atomics.sh; }
