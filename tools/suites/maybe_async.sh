# One body for sync and async callables: its sync kind is the function by hand.
inputs() {
    find tests/maybe_async -type f -print0 | LC_ALL=C sort -z
    find coil/base coil/core -name '*.hpp' -print0 | LC_ALL=C sort -z
}
check() { bash tests/maybe_async/costs_nothing.sh; }
