# What the stories share: a desk that goes when they end, titles, and commands that are shown before they run. Sourced with
# `program` set; people's passwords lie in $desk/people/NAME.password.
desk=$(mktemp -d)
trap 'rm -rf "$desk"' EXIT
exec 3>&1 # the story; what a command prints may go elsewhere
umask 077
mkdir "$desk/disk" "$desk/usb-stick" "$desk/people"

bold='' plain=''
if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); fi
title() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain" >&3; }
medseal() {
  printf '%s$ medseal %s\n' "$MEDSEAL_PERSON" "$*" >&3
  "$program" "$@"
}
become() { export MEDSEAL_PURPOSE=care MEDSEAL_PERSON="$1" MEDSEAL_PASSWORD_FILE="$desk/people/$1.password"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2 && exit 1; }
new_passwords() { for name in "$@"; do head -c 18 /dev/urandom | base64 >"$desk/people/$name"; done; }

# In earnest three devices: the store's, the keyring's, and where each person keeps a password.
export MEDSEAL_STORE="$desk/disk/store" MEDSEAL_KEYRING="$desk/usb-stick/keyring"
export MEDSEAL_KEYRING_PASSPHRASE_FILE="$desk/people/keyring.passphrase"
