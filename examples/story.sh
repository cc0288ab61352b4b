#!/bin/sh
# What medseal is for, on real files: import, find by social security number, read as a physician, see less as a receptionist,
# look as a thief, verify. Leaves nothing behind. Usage: story.sh PROGRAM
set -eu
program=$(realpath "$1")
source=$(realpath "$(dirname "$0")/..")
began=$(date +%s)

desk=$(mktemp -d)
trap 'rm -rf "$desk"' EXIT
exec 3>&1 # the story; what a command prints may go elsewhere

bold='' plain=''
if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); fi
title() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain" >&3; }
medseal() {
  printf '%s$ medseal %s\n' "$MEDSEAL_PERSON" "$*" >&3
  "$program" "$@"
}
become() { export MEDSEAL_PURPOSE=care MEDSEAL_PERSON="$1" MEDSEAL_PASSWORD_FILE="$1.password"; }
fail() { printf 'story: %s\n' "$*" >&2 && exit 1; }

# In earnest three devices: the store's, the keyring's, and where each person keeps a password.
umask 077
mkdir "$desk/disk" "$desk/usb-stick" "$desk/people"
cd "$desk/people"
ln -s "$source/tests/data" data # public synthetic records; their licences are in data/LICENSES
for name in keyring.passphrase ada.password dr-house.password front-desk.password; do
  head -c 18 /dev/urandom | base64 >"$name"
done
echo '999-73-8265' >ssn
echo '2 79 03 51 215 189 89' >nir
export MEDSEAL_STORE="$desk/disk/store" MEDSEAL_KEYRING="$desk/usb-stick/keyring"
export MEDSEAL_KEYRING_PASSPHRASE_FILE=keyring.passphrase

title 'A vault, its founder ada, a physician and a receptionist'
become ada
medseal init --schema lab.proto
medseal person add dr-house --classes identity,national_id,general,narrative,hiv --new-password-file dr-house.password
medseal person add front-desk --classes identity,national_id,contact,general --new-password-file front-desk.password

title 'Real files in: FHIR bundles with HIV observations, HL7 v2 messages'
medseal import fhir data/fhir/synthea-hiv-bundles/*.json
medseal import hl7v2 data/hl7v2/fr-ans-teleradiologie/*.hl7 data/hl7v2/ms-fhir-converter/*.hl7

title 'The receptionist finds patients by SSN and NIR (from a file: an argument would stay in the shell history)'
become front-desk
medseal find Patient ssn=@ssn --full
medseal find Patient nir=@nir

title 'The physician looks through the records of the first one for HIV results'
become dr-house
patient=$("$program" find Patient ssn=@ssn | cut -d ' ' -f 1)
medseal patient "$patient" >records
printf '%s records, %s of them about HIV:\n' "$(grep -c . records)" "$(grep -c HIV records)"
grep HIV records

title 'and reads one of them'
record=$(grep '860500' records | cut -d ' ' -f 1)
medseal get "$record" | tee seen-by-physician
grep -q 'result.value .*860500' seen-by-physician || fail 'the physician does not see the result'

title 'The receptionist asks for the same: the result is named as redacted, and not even its class is told'
become front-desk
medseal get "$record" | tee seen-by-receptionist
grep -q 'result .*redacted' seen-by-receptionist || fail 'the result is not named as redacted'
if grep -q '860500' seen-by-receptionist; then fail 'the receptionist sees the result'; fi

title 'A thief has the disk with the store on it'
become ada
(
  unset MEDSEAL_KEYRING MEDSEAL_KEYRING_PASSPHRASE_FILE MEDSEAL_PASSWORD_FILE
  medseal thief | tee seen-by-thief
)
grep -q 'opens no field' seen-by-thief || fail 'the thief opens fields'

title 'A thief has this whole machine, with keyring, passphrase and password files on it'
medseal thief | grep -E '^(keyring|passphrase|password|opens|What)'

title 'Is everything there, unchanged and in its place?'
medseal verify

printf '\nThat took %s s. The vault was in %s and is gone now.\n' "$(($(date +%s) - began))" "$desk"
