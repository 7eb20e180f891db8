# Real sockets, files, signals and databases.
prepare() {
    [ -f tests/integration/CMakeLists.txt ] || not_here "no integration tests yet"
    build_preset dev
}
inputs() {
    test_programs dev
    printf 'tests/integration/with_postgres.sh\0'
}
check() {
    test -x build/dev/tests/integration/coil_transactions_test  # not built without libpq
    run_programs dev -L integration
}
