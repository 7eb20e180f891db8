# Every C++ file is as clang-format-19 would write it.
inputs() { printf '.clang-format\0'; cpp_files; }
check() { bash tools/fmt.sh --check; }
