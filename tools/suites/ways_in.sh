# coil_check() in a stranger's build, whichever compiler it has.
prepare() {
    build_preset dev
    build_preset dev coil_check coil_check_tool coil_check_tidy
}
inputs() {
    printf '%s\0' build/dev/plugin/{coil_check.so,coil_check_tidy.so,coil-check}
    find tests/coil_check cmake -type f -print0 | LC_ALL=C sort -z
    find coil -name '*.hpp' -print0 | LC_ALL=C sort -z
}
check() {
    local prefix=build/ways_in
    rm -rf $prefix
    cmake --install build/dev --prefix $prefix
    bash tests/coil_check/builds.sh "$PWD/$prefix"
}
