# The page of the orders service in headless Chromium; leaves build/page-*.png.
service=build/release/examples/orders/orders
prepare() { build_preset release orders; }
inputs() {
    printf '%s\0' "$service"
    find tools/acts tests/browser -name '*.py' -print0 | LC_ALL=C sort -z
}
check() { /usr/bin/python3 tests/browser/page_test.py "$service" build/page; }
