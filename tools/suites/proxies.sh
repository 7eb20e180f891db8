# nginx and haproxy before the service count the requests that it counts.
service=build/release/examples/orders/orders
prepare() { build_preset release orders; }
inputs() {
    printf '%s\0' "$service" tests/service/proxies_test.py
    find tests/http/vectors -type f -print0 | LC_ALL=C sort -z
}
check() { /usr/bin/python3 tests/service/proxies_test.py "$service"; }
