# Each fuzzer for a short while: the long one is in ./x prove.
prepare() { build_preset fuzz fuzzers; }
inputs() {
    find build/fuzz -name '*_fuzz' -type f -perm -u+x -print0 | LC_ALL=C sort -z
    find tests/corpus tools/fuzz.sh -type f -print0 | LC_ALL=C sort -z
}
check() { bash tools/fuzz.sh 6; }
