# Sourced by the subcommands of ./x: which Debian packages each part needs.

# `libclang-rt-19-dev` holds the sanitizers, `llvm-19` the symbolizer they call.
build_packages=(clang-19 libclang-rt-19-dev lld-19 libstdc++-12-dev libc6-dev
    cmake ninja-build ccache doctest-dev libsqlite3-dev libboost1.81-dev
    nlohmann-json3-dev libcli11-dev liburing-dev)
run_packages=(clang-19 lld-19 libstdc++-12-dev libc6-dev cmake ninja-build ccache
    doctest-dev libsqlite3-dev nlohmann-json3-dev libcli11-dev liburing-dev
    python3 curl wrk libclang-19-dev libclang-cpp19-dev llvm-19-dev)
test_packages=("${build_packages[@]}" clang-format-19 llvm-19 g++-12 python3
    libclang-19-dev libclang-cpp19-dev llvm-19-dev clang-tidy-19
    curl wrk strace nginx-light haproxy git chromium chromium-driver python3-selenium
    postgresql-15 libpq-dev)

# install_packages <what for> <package>...: installs what is missing, or nothing.
install_packages() {
    local purpose=$1 package missing=() as_root=()
    shift
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        as_root=(sudo)
        if ! command -v sudo >/dev/null; then
            echo "x: packages are missing for $purpose; as root, run: apt-get install ${missing[*]}" >&2
            return 1
        fi
    fi
    echo "x: installing for $purpose: ${missing[*]}"
    apt_get update
    start_no_database
    apt_get install --yes --no-install-recommends "${missing[@]}"
}

# PostgreSQL's package would make a database and start its server. Our tests have a
# server of their own.
start_no_database() {
    local settings=/etc/postgresql-common/createcluster.conf
    [[ " ${missing[*]} " == *" postgresql-"* && ! -e $settings ]] || return 0
    "${as_root[@]}" mkdir -p "${settings%/*}"
    "${as_root[@]}" tee "$settings" >/dev/null <<<"create_main_cluster = false"
}

is_installed() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Quiet unless it fails; waits for another apt instead of giving up.
apt_get() {
    local log
    log=$(mktemp)
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get --quiet -o DPkg::Lock::Timeout=900 "$@" >"$log" 2>&1 </dev/null; then
        tail -n 30 "$log" >&2
        echo "x: apt-get $1 failed" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}
