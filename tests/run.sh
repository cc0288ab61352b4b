#!/bin/sh
# Installs what is missing, builds one preset and runs every test of it. Exit code 0 means that all of them passed.
set -eu
cd "$(dirname "$0")/.."

usage() {
  cat <<USAGE
usage: tests/run.sh [--preset NAME] [-j N]
  --preset NAME  release (default), dev, asan or tsan; built in build/NAME
  -j N           compile with N processes (default: one per processor), test with one more: tests wait for disks
USAGE
}

preset=release
jobs=
while [ $# -gt 0 ]; do
  case $1 in
    --preset) preset=${2:?--preset needs a name} && shift 2 ;;
    -j) jobs=${2:?-j needs a number} && shift 2 ;;
    -j*) jobs=${1#-j} && shift ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
done

exec </dev/null  # a test that waits for an answer fails at once
scripts/install-dependencies.sh
jobs=${jobs:-$(nproc)}

cmake --preset "$preset"
cmake --build --preset "$preset" -j "$jobs"
ctest --preset "$preset" -j "$((jobs + 1))" --no-tests=error
printf '\nAll tests of preset %s passed (build/%s).\n' "$preset" "$preset"
