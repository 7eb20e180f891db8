# Every request for memory fails once, in every test of core, time, sync and stream.
prepare() { build_preset dev allocation_failures; }
inputs() { printf '%s\0' build/dev/tests/failure/allocation_failures; }
check() { build/dev/tests/failure/allocation_failures; }
