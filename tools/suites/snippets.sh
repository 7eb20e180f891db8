# The code in the documents is the code of compiled files.
inputs() {
    printf 'tools/check_snippets.py\0'
    files_named -name '*.hpp' -o -name '*.cpp' -o -name '*.md'
}
check() { python3 tools/check_snippets.py; }
