# What must not compile, and the message it stops with.
inputs() {
    find tests/compile_fail -name '*.cpp' -print0 | LC_ALL=C sort -z
    find coil -name '*.hpp' -print0 | LC_ALL=C sort -z
}
check() {
    find tests/compile_fail -name '*.cpp' -print0 |
        xargs -0 -P "$(nproc)" -n 1 bash tests/compile_fail/verify.sh
}
