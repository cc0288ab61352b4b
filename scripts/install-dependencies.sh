#!/bin/sh
# Installs the Debian packages that medseal is built from, and only those that are missing.
#
# MEDSEAL_SKIP_INSTALL=1 leaves the machine alone, for systems where the same libraries came another way.
set -eu

packages="build-essential cmake ninja-build ccache pkg-config
  librocksdb-dev libprotobuf-dev libprotoc-dev protobuf-compiler libsodium-dev nettle-dev libgfshare-dev libp11-kit-dev
  libfmt-dev nlohmann-json3-dev libcli11-dev libsimdjson-dev libicu-dev zlib1g-dev
  libgtest-dev libgmock-dev libbenchmark-dev softhsm2 prometheus golang-go golang-golang-x-mod-dev"
# Others' packages of Node.js have npm too, and stand in the way of Debian's.
command -v npm >/dev/null 2>&1 || packages="$packages nodejs npm"

say() { printf 'install: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing_packages() {
  for package in $packages; do
    is_installed "$package" || printf '%s ' "$package"
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

if [ "${MEDSEAL_SKIP_INSTALL:-0}" = 1 ]; then
  say "skipped, as MEDSEAL_SKIP_INSTALL=1 asks"
  exit 0
fi
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  fail "this is not a Debian system: install what corresponds to the packages below, then run again with" \
    "MEDSEAL_SKIP_INSTALL=1:" $packages
fi

missing=$(missing_packages)
if [ -z "$missing" ]; then
  say "every package is there already"
  exit 0
fi
if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
  fail "packages are missing and there is no sudo: run this as root, then again as yourself:" \
    "apt-get install --no-install-recommends $missing"
fi

say "will install from this system's package sources: $missing"
as_root apt-get -o DPkg::Lock::Timeout=300 update -q ||
  fail "apt-get update failed: check /etc/apt/sources.list and the network, then run again"
# shellcheck disable=SC2086  # one word a package
as_root apt-get -o DPkg::Lock::Timeout=300 install -q -y --no-install-recommends $missing ||
  fail "apt-get could not install the packages: what it said above names the one to look at, then run again"
say "done"
