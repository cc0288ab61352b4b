#!/bin/sh
# What medseal is for, on real files: import, find by social security number, read as a physician, see less as a receptionist,
# look as a thief, verify. Leaves nothing behind. Usage: story.sh PROGRAM
set -eu
program=$(realpath "$1")
source=$(realpath "$(dirname "$0")/..")
began=$(date +%s)

. "$(dirname "$0")/desk.sh"

cd "$desk/people"
ln -s "$source/tests/data" data # public synthetic records; their licences are in data/LICENSES
new_passwords keyring.passphrase ada.password dr-house.password front-desk.password
echo '999-73-8265' >ssn
echo '2 79 03 51 215 189 89' >nir

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
