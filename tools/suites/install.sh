# The installed library is found and used from a folder outside the tree.
prepare() { build_preset dev; }
inputs() {
    find tests/install cmake -type f -print0 | LC_ALL=C sort -z
    find coil -name '*.hpp' -print0 | LC_ALL=C sort -z
    find build/dev/coil -name '*.a' -print0 | LC_ALL=C sort -z
}
check() { bash tests/install/use_from_outside.sh; }
