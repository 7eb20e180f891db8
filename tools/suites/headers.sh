# Every header compiles alone, and core stays light.
inputs() {
    find tests/headers -type f -print0 | LC_ALL=C sort -z
    find coil -name '*.hpp' -print0 | LC_ALL=C sort -z
}
check() {
    mkdir -p build/headers
    find coil -name '*.hpp' -print0 |
        xargs -0 -P "$(nproc)" -n 1 bash tests/headers/compiles_alone.sh
    bash tests/headers/core_std_headers.sh
}
