# The tests of every layer.
prepare() { build_preset dev; }
inputs() { test_programs dev; }
check() { run_programs dev -L 'unit|denied'; }
