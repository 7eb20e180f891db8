# Each test that docs/parity.tsv names is in a program that the tests run, and the page
# that is made from it is up to date.
prepare() { build_preset dev; }
inputs() {
    test_programs dev
    find docs/parity.tsv docs/are_we_async_yet.md tools/check_parity.py -print0
}
check() {
    find build/dev -name 'coil_*_test' -type f -executable -print0 |
        xargs -0 python3 tools/check_parity.py --ran
}
