# The acts of ./x run, what the service answers to bad input and faults, and how it ends.
service=build/release/examples/orders/orders
prepare() {
    build_preset release orders
    build_preset dev coil_check
}
inputs() {
    printf '%s\0' "$service" build/dev/plugin/coil_check.so
    find examples/refused -name '*.cpp' -print0 | LC_ALL=C sort -z
    find tools/acts tests/service -name '*.py' -print0 | LC_ALL=C sort -z
    find examples/orders coil/http -name '*.?pp' -print0 | LC_ALL=C sort -z  # quoted by the acts
}
check() {
    /usr/bin/python3 tools/acts/play.py "$service"
    # Filling a disk takes a right to mount; without it the test limits its files.
    local apart=()
    ! unshare --map-root-user --mount true || apart=(unshare --map-root-user --mount)
    "${apart[@]}" /usr/bin/python3 tests/service/bad_input_test.py "$service"
    /usr/bin/python3 tests/service/shutdown_test.py "$service"
    /usr/bin/python3 tests/service/faults_test.py "$service"
}
