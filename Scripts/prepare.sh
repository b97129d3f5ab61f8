# shellcheck shell=bash
# Shared by the scripts beside it: sees to it that everything a build needs is there.
# Source it after `set -euo pipefail`. Sets `root` to the project's folder.

# shellcheck disable=SC2034 # used by those who source this
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The Debian packages whose headers the system library targets need.
debian_packages=(libssl-dev libsqlite3-dev libzstd-dev)

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$1" >&2
    exit 69 # EX_UNAVAILABLE
}

# Installs the Debian packages that are missing, or says how to.
install_packages() {
    command -v dpkg-query >/dev/null || return 0 # another system: the build will tell
    local missing=() package
    for package in "${debian_packages[@]}"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    local run
    if [ "$(id -u)" -eq 0 ]; then
        run=(env)
    elif sudo -n true 2>/dev/null; then
        run=(sudo -n)
    else
        fail "Debian packages are missing: ${missing[*]}. Install them with

    sudo apt-get update && sudo apt-get install --yes ${missing[*]}

and try again."
    fi
    printf 'Installing Debian packages: %s\n' "${missing[*]}" >&2
    local log
    log=$(mktemp)
    if ! { "${run[@]}" apt-get update &&
        "${run[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install --yes --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        fail "apt-get could not install ${missing[*]}; its last words stand above."
    fi
    rm -f "$log"
}

# Sees that there is a Swift of the version that Package.swift asks for.
check_swift() {
    command -v swift >/dev/null ||
        fail "Swift is missing. Install 6.2 or later from https://www.swift.org/install."
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    case $version in
        [0-5].* | 6.0 | 6.1)
            fail "Swift $version is too old. Install 6.2 or later from https://www.swift.org/install."
            ;;
    esac
}

prepare() {
    check_swift
    install_packages
}
