#!/bin/sh
# From a bare Debian 12 to a working medseal: installs what is missing, builds the release in build/release, and runs the main
# job (story.sh) on real files.
set -eu
cd "$(dirname "$0")/.."

scripts/install-dependencies.sh
cmake --preset release
cmake --build --preset release --target medseal_cli
examples/story.sh build/release/bindings/cli/medseal
