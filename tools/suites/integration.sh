# Real sockets, files and signals.
prepare() {
    [ -f tests/integration/CMakeLists.txt ] || not_here "no integration tests yet"
    build_preset dev
}
inputs() { test_programs dev; }
check() { run_programs dev -L integration; }
