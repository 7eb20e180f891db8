# core, time, sync and stream without exceptions and RTTI.
prepare() { build_preset noexcept; }
inputs() { test_programs noexcept; }
check() { run_programs noexcept; }
