# What threads share, in every order that the memory model allows.
prepare() { build_preset release coil_models_test; }
inputs() { printf '%s\0' build/release/tests/models/coil_models_test; }
check() { build/release/tests/models/coil_models_test; }
