# Sourced: the files of this repository, NUL-separated and sorted. Git is not
# asked, because a clone may belong to someone else or be no clone at all.

files_named() {  # <find expression>...
    find . \( -name build -o -name '.?*' \) -prune -o -type f \( "$@" \) -print0 |
        LC_ALL=C sort -z
}

cpp_files() {
    files_named -name '*.hpp' -o -name '*.cpp'
}

public_headers() {
    find coil -name '*.hpp' ! -path '*/detail/*' -print0 | LC_ALL=C sort -z
}
