# The rules of STYLE.md that a script can check, the table of parity, and the scripts'
# own tests.
inputs() {
    files_named -name '*.hpp' -o -name '*.cpp' -o -name '*.py' -o -name '*.md' -o \
        -name CMakeLists.txt -o -name parity.tsv -o -name '*.rs' -o -name '*.go'
}
check() {
    python3 tools/tidy_test.py
    python3 bench/tables_test.py
    python3 tools/tidy.py
    python3 tools/check_parity.py
}
