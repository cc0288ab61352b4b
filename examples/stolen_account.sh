#!/bin/sh
# A nurse's account is stolen and reads three thousand patients at night: the alert is raised while it reads, the laboratory
# learns which patients and which kind of data were exposed, takes the keys away, and tells a patient who asks.
# Leaves nothing behind. Usage: stolen_account.sh PROGRAM [PATIENTS]
set -eu
program=$(realpath "$1")
patients=${2:-3000}

. "$(dirname "$0")/desk.sh"
mkdir "$desk/watch"
cd "$desk/people"
new_passwords keyring.passphrase ada.password grace.password marie.password

title 'A laboratory with its founder ada, a second administrator grace and the nurse marie'
become ada
medseal init --schema lab.proto
medseal person add grace --classes identity,national_id,general,hiv --new-password-file grace.password
medseal person add marie --classes identity,general --new-password-file marie.password

title "$patients patients, each with a name and an HIV status; and a file that alerts go to"
awk -v n="$patients" 'BEGIN { for (i = 1; i <= n; ++i)
  printf "{\"patient\":\"P-%d\",\"record\":\"1\",\"fields\":{\"family\":\"Martin-%d\",\"birth_date\":\"1970-01-01\",\"hiv\":\"HIV_NEGATIVE\"}}\n", i, i }' \
  >"$desk/watch/patients.jsonl"
medseal put Patient <"$desk/watch/patients.jsonl"
medseal alert sink add file "$desk/watch/alerts.jsonl" --with grace --with-password-file grace.password

title 'By day marie reads one patient, as nurses do'
become marie
printf 'P-17' >"$desk/watch/p17"
medseal get Patient @"$desk/watch/p17" 1 --allow-argv >"$desk/watch/day"
grep -q 'Martin-17' "$desk/watch/day" || fail 'the nurse does not see her patient'
if grep -q 'NEGATIVE' "$desk/watch/day"; then fail 'the nurse sees the HIV status'; fi
[ ! -s "$desk/watch/alerts.jsonl" ] || fail 'one patient raised an alert'

title 'By night somebody who has her password reads everybody'
sleep 1 # so that the day's read lies before the second that the night begins in
night=$(date -u +%Y-%m-%dT%H:%M:%S)
medseal scan Patient >"$desk/watch/stolen"
[ "$(grep -c . "$desk/watch/stolen")" -eq "$patients" ] || fail 'the thief did not read everybody'

title 'The alert was raised within the read that crossed the line'
cat "$desk/watch/alerts.jsonl"
grep -q bulk "$desk/watch/alerts.jsonl" || fail 'nothing alerted'

title 'What was exposed: these patients, these classes, and not one more'
become ada
medseal exposure --of marie --since "$night" --json >"$desk/watch/exposure.jsonl"
head -n 1 "$desk/watch/exposure.jsonl"
grep '"kind":"exposed"' "$desk/watch/exposure.jsonl" >"$desk/watch/exposed"
[ "$(grep -c . "$desk/watch/exposed")" -eq "$patients" ] || fail 'the exposure lists other patients than were read'
grep -q "\"reads\":$patients," "$desk/watch/exposure.jsonl" || fail 'the exposure counts other reads'
if grep -q '"hiv"' "$desk/watch/exposed"; then fail 'a class is listed that the account never held'; fi
medseal exposure --of marie --since "$night" --html "$desk/watch/notification.html"

title 'The account gets other keys and another password; every class it held is rotated'
new_passwords marie.new
medseal rotate person marie --compromised --new-password-file marie.new || [ $? -eq 14 ]

title 'The stolen password opens nothing any more'
become marie
if "$program" get Patient @"$desk/watch/p17" 1 --allow-argv >/dev/null 2>&1; then fail 'the stolen password still opens'; fi

title 'A patient asks who saw their records'
become ada
medseal accounting @"$desk/watch/p17" | tee "$desk/watch/accounting"
[ "$(grep -c 'marie .*read' "$desk/watch/accounting")" -eq 2 ] || fail 'the accounting does not show both reads'
