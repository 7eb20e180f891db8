# The rules of STYLE.md that a script can check, and the script's own tests.
inputs() {
    files_named -name '*.hpp' -o -name '*.cpp' -o -name '*.py' -o -name '*.md' -o \
        -name CMakeLists.txt
}
check() {
    python3 tools/tidy_test.py
    python3 tools/tidy.py
}
