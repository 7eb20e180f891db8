# Everything builds without a warning.
inputs() { test_programs dev; }
check() { build_preset dev; }
