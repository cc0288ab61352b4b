#!/bin/sh
# Runs an example in a folder of its own and looks for what it should have found. Usage: run_example.sh PROGRAM
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
shown=$("$1" "$folder")
printf '%s\n' "$shown"
printf '%s\n' "$shown" | grep -q 'found .*Zoé Martin'
