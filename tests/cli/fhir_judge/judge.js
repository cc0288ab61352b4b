// Judges AuditEvents, one a line, with a FHIR validator that knows nothing of medseal. Exits with 1 when one is not valid.
'use strict';
const fs = require('fs');
const { Fhir } = require('fhir');

// The validator has no codes of v3-ActReason, from which FHIR takes purposes of use.
const unknowable = (message) => message.severity === 'warning' && /\.purposeOfEvent\[/.test(message.location);

const fhir = new Fhir();
let valid = 0;
let count = 0;
for (const line of fs.readFileSync(process.argv[2], 'utf8').split('\n')) {
  if (line === '') continue;
  ++count;
  const result = fhir.validate(line, { errorOnUnexpected: true });
  const messages = result.messages.filter((message) => message.severity !== 'info' && !unknowable(message));
  if (messages.length === 0 && JSON.parse(line).resourceType === 'AuditEvent') ++valid;
  else console.log(JSON.stringify(messages));
}
console.log(`valid: ${valid} of ${count}`);
process.exit(valid === count && count > 0 ? 0 : 1);
