/* The public header used from C, as a host would: every promise at its top, and the calls that a host makes first. */
#define _POSIX_C_SOURCE 200809L

#include <medseal/medseal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int failures = 0;

#define EXPECT(condition)                                                     \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: %s: not so\n", __FILE__, __LINE__, #condition); \
      ++failures;                                                             \
    }                                                                         \
  } while (0)

#define EXPECT_CODE(expected, call)                                                                               \
  do {                                                                                                            \
    const medseal_code code_ = (call);                                                                            \
    if (code_ != (expected)) {                                                                                    \
      fprintf(stderr, "%s:%d: %s answers %s (%s), not %s\n", __FILE__, __LINE__, #call, medseal_code_name(code_), \
              error.message, medseal_code_name(expected));                                                        \
      ++failures;                                                                                                 \
    }                                                                                                             \
  } while (0)

static const char kSchema[] =
    "syntax = \"proto3\";\n"
    "import \"medseal/options.proto\";\n"
    "option (medseal.v1.class) = { name: \"identity\" };\n"
    "option (medseal.v1.class) = { name: \"hiv\" no_index: true };\n"
    "message Patient {\n"
    "  option (medseal.v1.record) = {};\n"
    "  string name = 1 [(medseal.v1.field) = { class: \"identity\" find: EXACT normalize: NAME mask: FIRST1 }];\n"
    "  string hiv = 2 [(medseal.v1.field) = { class: \"hiv\" }];\n"
    "  string note = 3;\n"
    "  string lab = 4 [(medseal.v1.field) = { public: true ordered: true }];\n"
    "  bytes image = 5;\n"
    "}\n";

static medseal_error error = MEDSEAL_INIT(medseal_error);
static char folder[64] = "/tmp/medseal-c-XXXXXX";
static char store[96];
static char keyring_path[96];

static medseal_bytes text(const char* s) {
  medseal_bytes bytes;
  bytes.data = s;
  bytes.size = strlen(s);
  return bytes;
}

static medseal_keyring the_keyring(const char* passphrase) {
  medseal_keyring keyring = MEDSEAL_INIT(medseal_keyring);
  keyring.path = keyring_path;
  keyring.secret = text(passphrase);
  return keyring;
}

static medseal_code make(void) {
  const medseal_keyring keyring = the_keyring("open keyring");
  const medseal_cost cost = {sizeof cost, 19 * 1024, 2};
  medseal_schema schema = MEDSEAL_INIT(medseal_schema);
  medseal_init_options options = MEDSEAL_INIT(medseal_init_options);
  schema.proto = text(kSchema);
  options.store = store;
  options.keyring = &keyring;
  options.schema = &schema;
  options.person = "ada";
  options.password = text("tram gravel lantern");
  options.cost = &cost;
  return medseal_init(&options, &error);
}

static medseal_code open_with(const char* passphrase, medseal_vault** vault) {
  const medseal_keyring keyring = the_keyring(passphrase);
  medseal_open_options options = MEDSEAL_INIT(medseal_open_options);
  options.store = store;
  options.keyring = &keyring;
  return medseal_open(&options, vault, &error);
}

static medseal_code login(medseal_vault* vault, const char* person, const char* password, medseal_session** session) {
  medseal_login_options options = MEDSEAL_INIT(medseal_login_options);
  options.person = person;
  options.password = text(password);
  options.purpose = "care";
  return medseal_login(vault, &options, session, &error);
}

static medseal_ref ref_of(const char* patient) {
  medseal_ref ref = MEDSEAL_INIT(medseal_ref);
  ref.type = "Patient";
  ref.patient = text(patient);
  ref.record = text("record");
  return ref;
}

static medseal_put_item item_of(const char* patient, const char* json) {
  medseal_put_item item = MEDSEAL_INIT(medseal_put_item);
  item.ref = ref_of(patient);
  item.message = text(json);
  item.format = MEDSEAL_JSON;
  return item;
}

static medseal_code put(medseal_session* session, const char* patient, const char* json, medseal_put_result* result) {
  const medseal_put_item item = item_of(patient, json);
  return medseal_put(session, &item, result, &error);
}

/* ---- Claims
 * ---------------------------------------------------------------------------------------------------------- */

static void CodesHaveNamesAndExitCodes(void) {
  EXPECT(strcmp(medseal_code_name(MEDSEAL_OK), "Ok") == 0);
  EXPECT(strcmp(medseal_code_name(MEDSEAL_AUTH_FAILED), "AuthFailed") == 0);
  EXPECT(medseal_code_name((medseal_code)9999) != NULL);
  EXPECT(medseal_exit_code(MEDSEAL_OK) == 0);
  EXPECT(medseal_exit_code(MEDSEAL_INVALID_ARGUMENT) == 2);
  EXPECT(medseal_exit_code(MEDSEAL_NOT_FOUND) == 4);
  EXPECT(medseal_exit_code(MEDSEAL_ERASED) == 5);
  EXPECT(medseal_exit_code(MEDSEAL_PERMISSION_DENIED) == 6);
  EXPECT(medseal_exit_code(MEDSEAL_NO_VAULT) == 10);
  EXPECT(medseal_exit_code(MEDSEAL_LOCKED) == 11);
  EXPECT(medseal_exit_code(MEDSEAL_WRONG_SECRET) == 12);
  EXPECT(medseal_exit_code(MEDSEAL_STALE) == 13);
  EXPECT(medseal_exit_code(MEDSEAL_KEY_UNAVAILABLE) == 14);
  EXPECT(medseal_exit_code(MEDSEAL_CANCELLED) == 130);
  EXPECT(medseal_exit_code(MEDSEAL_CONFLICT) == 1);
  EXPECT(strcmp(medseal_version(), "0.1.0") == 0);
}

static void FreeAcceptsNull(void) {
  medseal_free(NULL);
  medseal_vault_free(NULL);
  medseal_session_free(NULL);
  medseal_record_free(NULL);
  medseal_cursor_free(NULL);
  medseal_upload_free(NULL);
  medseal_logout(NULL);
}

static void MissingHandlesAndOutputsAreInvalidArguments(void) {
  medseal_vault* vault = (medseal_vault*)&failures;
  medseal_session* session = NULL;
  medseal_record* record = NULL;
  medseal_ref ref = ref_of("p");
  medseal_open_options no_size = {0};
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_init(NULL, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_open(NULL, &vault, &error));
  EXPECT(vault == NULL);
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_open(&no_size, &vault, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_close(NULL, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_login(NULL, NULL, &session, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_get(NULL, &ref, NULL, &record, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_put(NULL, NULL, NULL, NULL));
  EXPECT(error.code == MEDSEAL_INVALID_ARGUMENT && error.message[0] != '\0');
}

static void OpeningWhatIsNotThereIsNoVault(void) {
  medseal_vault* vault = NULL;
  medseal_job_glimpse glimpse = MEDSEAL_INIT(medseal_job_glimpse);
  EXPECT_CODE(MEDSEAL_NO_VAULT, open_with("open keyring", &vault));
  EXPECT(vault == NULL);
  EXPECT_CODE(MEDSEAL_NO_VAULT, medseal_job_peek(store, &glimpse, &error));
}

static void AVaultIsMadeOnce(void) {
  EXPECT_CODE(MEDSEAL_OK, make());
  EXPECT_CODE(MEDSEAL_ALREADY_EXISTS, make());
  EXPECT(error.incident != 0);
}

static void AShortErrorIsNotWrittenBeyondItsSize(void) {
  struct {
    medseal_error error;
    char behind[8];
  } place;
  memset(&place, 0x5a, sizeof place);
  place.error.size = offsetof(medseal_error, message); /* a host built before messages were there */
  EXPECT(medseal_init(NULL, &place.error) == MEDSEAL_INVALID_ARGUMENT);
  EXPECT(place.error.code == MEDSEAL_INVALID_ARGUMENT);
  EXPECT(place.error.message[0] == 0x5a);
  EXPECT(place.behind[0] == 0x5a);
}

static void SecretsAreToldApart(void) {
  medseal_vault* vault = NULL;
  medseal_session* session = NULL;
  EXPECT_CODE(MEDSEAL_WRONG_SECRET, open_with("another", &vault));
  EXPECT(vault == NULL);
  EXPECT_CODE(MEDSEAL_OK, open_with("open keyring", &vault));
  medseal_login_options without_purpose = MEDSEAL_INIT(medseal_login_options);
  without_purpose.person = "ada";
  without_purpose.password = text("tram gravel lantern");
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_login(vault, &without_purpose, &session, &error));
  EXPECT_CODE(MEDSEAL_WRONG_SECRET, login(vault, "ada", "another", &session));
  EXPECT_CODE(MEDSEAL_WRONG_SECRET, login(vault, "nobody", "tram gravel lantern", &session));
  EXPECT(session == NULL);
  medseal_vault_free(vault);
}

static void OneOpenAtATime(void) {
  medseal_vault *first = NULL, *second = NULL;
  medseal_job_glimpse glimpse = MEDSEAL_INIT(medseal_job_glimpse);
  EXPECT_CODE(MEDSEAL_OK, open_with("open keyring", &first));
  EXPECT_CODE(MEDSEAL_LOCKED, open_with("open keyring", &second));
  EXPECT_CODE(MEDSEAL_NOT_FOUND, medseal_job_peek(store, &glimpse, &error)); /* nothing was worked on */
  EXPECT_CODE(MEDSEAL_OK, medseal_close(first, &error));
  EXPECT_CODE(MEDSEAL_STALE, medseal_job_peek(store, &glimpse, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_job_peek(NULL, &glimpse, &error));
  EXPECT_CODE(MEDSEAL_OK, open_with("open keyring", &second));
  medseal_vault_free(second);
  medseal_vault_free(first);
}

static void ARecordComesBack(medseal_session* session) {
  medseal_put_result result = MEDSEAL_INIT(medseal_put_result);
  const medseal_ref ref = ref_of("p-1");
  medseal_record* record = NULL;
  medseal_bytes json = {NULL, 0};
  EXPECT_CODE(MEDSEAL_OK, put(session, "p-1", "{\"name\": \"Zoe\", \"note\": \"fasting\"}", &result));
  EXPECT(result.version == 1);
  EXPECT(memcmp(result.record_handle, result.patient_handle, MEDSEAL_PATIENT_HANDLE_SIZE) == 0);
  EXPECT_CODE(MEDSEAL_OK, medseal_get(session, &ref, NULL, &record, &error));
  EXPECT(strcmp(medseal_record_type(record), "Patient") == 0);
  EXPECT(medseal_record_id(record).size == 6 && memcmp(medseal_record_id(record).data, "record", 6) == 0);
  EXPECT(medseal_record_version(record) == 1);
  EXPECT(medseal_record_written_ms(record) > 1600000000000u);
  EXPECT(memcmp(medseal_record_handle(record), result.record_handle, sizeof result.record_handle) == 0);
  EXPECT(medseal_record_redacted_count(record) == 0);
  EXPECT(strcmp(medseal_record_class(record, "hiv"), "hiv") == 0);
  EXPECT(strcmp(medseal_record_class(record, "lab"), "public") == 0);
  EXPECT(strcmp(medseal_record_class(record, "note"), "general") == 0);
  EXPECT(medseal_record_class(record, "nothing") == NULL);
  EXPECT_CODE(MEDSEAL_OK, medseal_record_json(record, &json, &error));
  EXPECT(json.size > 0 && memchr(json.data, 'Z', json.size) != NULL);
  medseal_record_free(record);
  EXPECT_CODE(MEDSEAL_OK, medseal_get_handle(session, result.record_handle, NULL, &record, &error));
  EXPECT(medseal_record_message(record).size == 2 + 3 + 2 + 7);
  medseal_record_free(record);
}

static void AFailedGetGivesNull(medseal_session* session) {
  const medseal_ref ref = ref_of("nobody");
  medseal_record* record = (medseal_record*)&failures;
  EXPECT_CODE(MEDSEAL_NOT_FOUND, medseal_get(session, &ref, NULL, &record, &error));
  EXPECT(record == NULL);
}

static void MessagesHoldNoValues(medseal_session* session) {
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, put(session, "id-4711", "{\"name\": 12, \"note\": \"Geheimnis\"}", NULL));
  EXPECT(strstr(error.message, "Geheimnis") == NULL && strstr(error.message, "4711") == NULL);
}

static void ABatchSaysWhatBecameOfEachItem(medseal_session* session) {
  medseal_put_item items[3] = {item_of("b-1", "{\"note\": \"one\"}"), item_of("b-2", "{\"note\": \"two\"}"),
                               item_of("b-3", "{\"note\": \"three\"}")};
  medseal_put_result results[3] = {
      {.size = sizeof results[0]}, {.size = sizeof results[0]}, {.size = sizeof results[0]}};
  EXPECT_CODE(MEDSEAL_OK, medseal_put_batch(session, items, 3, results, &error));
  EXPECT(results[0].version == 1 && results[2].version == 1);
  items[1].expected_version = 7;
  EXPECT_CODE(MEDSEAL_CONFLICT, medseal_put_batch(session, items, 3, results, &error));
  EXPECT(results[0].code == MEDSEAL_OK && results[0].version == 2);
  EXPECT(results[1].code == MEDSEAL_CONFLICT);
  EXPECT(results[2].code == MEDSEAL_CANCELLED);
}

static void FindReadsTheNormalisedValue(medseal_session* session) {
  medseal_cursor* cursor = NULL;
  medseal_record* record = NULL;
  EXPECT_CODE(MEDSEAL_OK, medseal_find(session, "Patient", "name", text("ZOÉ"), &cursor, &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_next(cursor, &record, &error));
  EXPECT(record != NULL);
  medseal_record_free(record);
  EXPECT_CODE(MEDSEAL_OK, medseal_next(cursor, &record, &error));
  EXPECT(record == NULL);
  medseal_cursor_free(cursor);
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_find(session, "Patient", "note", text("x"), &cursor, &error));
  EXPECT(cursor == NULL);
}

static int stop_at_once(void* context, const medseal_person_info* info) {
  ++*(int*)context;
  return info->founder;
}

static void ACallbackEndsAListing(medseal_session* session) {
  int calls = 0;
  EXPECT_CODE(MEDSEAL_CANCELLED, medseal_persons(session, stop_at_once, &calls, &error));
  EXPECT(calls == 1);
}

static medseal_code join(medseal_session* session, const char* person, const char* password) {
  medseal_login_options second = MEDSEAL_INIT(medseal_login_options);
  second.person = person;
  second.password = text(password);
  return medseal_session_join(session, &second, &error);
}

static int keep_mark(void* context, const medseal_mark_info* info) {
  medseal_mark_info* kept = (medseal_mark_info*)context;
  EXPECT(strcmp(info->hold_by, "ada") == 0 && info->restriction_by == NULL);
  EXPECT(info->hold_reason.size == 5 && memcmp(info->hold_reason.data, "claim", 5) == 0);
  *kept = *info;
  return 1;
}

static int keep_finding(void* context, const medseal_finding* finding) {
  EXPECT(finding->severity <= MEDSEAL_RED && finding->code[0] != 0 && finding->text[0] != 0 && finding->advice != NULL);
  ++*(int*)context;
  return 0;
}

static void TheDoctorFindsSomething(medseal_vault* vault, medseal_session* session) {
  int found = 0;
  medseal_severity worst = MEDSEAL_NOTE;
  EXPECT_CODE(MEDSEAL_OK, medseal_doctor(vault, session, NULL, keep_finding, &found, &worst, &error));
  EXPECT(found > 0 && worst == MEDSEAL_RED);
  EXPECT_CODE(MEDSEAL_OK, medseal_doctor(vault, NULL, NULL, keep_finding, &found, NULL, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_doctor(vault, NULL, NULL, NULL, NULL, NULL, &error));
}

static int keep_role(void* context, const medseal_role* role) {
  EXPECT(strcmp(role->name, "reader") == 0 && role->operations == MEDSEAL_OP_READ);
  EXPECT(role->class_count == 1 && strcmp(role->classes[0], "hiv") == 0);
  ++*(int*)context;
  return 1;
}

static int see_reader(void* context, const medseal_person_info* info) {
  if (strcmp(info->name, "mary reader") != 0) return 0;
  EXPECT(info->role_count == 1 && strcmp(info->roles[0], "reader") == 0 && info->disabled == 1);
  EXPECT(info->class_count == 2 && info->class_operations[1] == 0 && info->operations == 0);
  EXPECT(info->logins_told == 1 && info->failed_logins == 0 && info->locked_until_ms == 0);
  ++*(int*)context;
  return 0;
}

static void ARoleIsGivenAndItsPersonDisabled(medseal_vault* vault, medseal_session* session) {
  const medseal_cost cost = {sizeof cost, 19 * 1024, 2};
  const char* const hiv[] = {"hiv"};
  const char* const roles[] = {"reader"};
  medseal_role role = MEDSEAL_INIT(medseal_role);
  medseal_person_options person = MEDSEAL_INIT(medseal_person_options);
  medseal_session* theirs = NULL;
  int calls = 0;
  role.name = "reader";
  role.operations = 512;
  role.classes = hiv;
  role.class_count = 1;
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_role_define(session, &role, &error));
  role.operations = MEDSEAL_OP_READ;
  EXPECT_CODE(MEDSEAL_OK, medseal_role_define(session, &role, &error));
  EXPECT_CODE(MEDSEAL_ALREADY_EXISTS, medseal_role_define(session, &role, &error));
  EXPECT_CODE(MEDSEAL_CANCELLED, medseal_roles(session, keep_role, &calls, &error));
  EXPECT(calls == 1);
  role.name = NULL;
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_role_define(session, &role, &error));
  person.name = "mary";
  person.password = text("harbour violin moss");
  person.cost = &cost;
  person.roles = roles;
  person.role_count = 1;
  person.only_check = 1;
  EXPECT_CODE(MEDSEAL_OK, medseal_person_add(session, &person, &error));
  EXPECT_CODE(MEDSEAL_WRONG_SECRET, login(vault, "mary", "harbour violin moss", &theirs));
  person.only_check = 0;
  EXPECT_CODE(MEDSEAL_OK, medseal_person_add(session, &person, &error));
  EXPECT_CODE(MEDSEAL_ALREADY_EXISTS, medseal_role_give(session, "mary", "reader", &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_role_take(session, "mary", "reader", &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_role_give(session, "mary", "reader", &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_person_revoke(session, "mary", "hiv", &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_person_rename(session, "mary", "mary reader", &error));
  EXPECT_CODE(MEDSEAL_OK, login(vault, "mary reader", "harbour violin moss", &theirs));
  EXPECT_CODE(MEDSEAL_PERMISSION_DENIED, medseal_person_enable(theirs, "ada", 0, &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_person_enable(session, "mary reader", 0, &error));
  EXPECT_CODE(MEDSEAL_CLOSED, medseal_persons(theirs, see_reader, &calls, &error));
  calls = 0;
  EXPECT_CODE(MEDSEAL_OK, medseal_persons(session, see_reader, &calls, &error));
  EXPECT(calls == 1);
  medseal_session_free(theirs);
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_person_revoke(NULL, "mary", "hiv", &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_person_enable(session, NULL, 0, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_person_rename(session, "mary", NULL, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_role_give(session, NULL, "reader", &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_role_take(session, "mary", NULL, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_roles(session, NULL, NULL, &error));
}

static void AHeldPatientIsNotDeleted(medseal_session* session) {
  const medseal_ref ref = ref_of("p-1");
  medseal_mark_info kept = MEDSEAL_INIT(medseal_mark_info);
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_hold(session, &ref, NULL, &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_hold(session, &ref, "claim", &error));
  EXPECT_CODE(MEDSEAL_ALREADY_EXISTS, medseal_hold(session, &ref, "claim", &error));
  EXPECT_CODE(MEDSEAL_PERMISSION_DENIED, medseal_delete(session, &ref, 0, &error));
  EXPECT_CODE(MEDSEAL_CANCELLED, medseal_marks(session, keep_mark, &kept, &error));
  EXPECT(kept.held == 1 && kept.restricted == 0 && kept.hold_since_ms > 1600000000000u);
  EXPECT_CODE(MEDSEAL_OK, medseal_release(session, &ref, &error));
  EXPECT_CODE(MEDSEAL_NOT_FOUND, medseal_release(session, &ref, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_marks(session, NULL, NULL, &error));
  EXPECT_CODE(MEDSEAL_ALREADY_EXISTS, medseal_break_glass(session, "hiv", "in need", 0, NULL, &error));
  EXPECT_CODE(MEDSEAL_NOT_FOUND, medseal_break_glass_review(session, 1, "in order", &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_broken_glasses(session, NULL, NULL, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_policies(session, NULL, NULL, &error));
  EXPECT_CODE(MEDSEAL_NOT_FOUND, medseal_policy_set(session, "nothing", 1, &error));
  EXPECT_CODE(MEDSEAL_PERMISSION_DENIED, medseal_policy_set(session, "lockout_minutes", 1, &error));
  EXPECT_CODE(MEDSEAL_NOT_FOUND, medseal_person_unlock(session, "nobody", &error));
}

static void ARestrictedPatientIsReadByTwo(medseal_vault* vault, medseal_session* session) {
  const medseal_ref ref = ref_of("p-1");
  const medseal_cost cost = {sizeof cost, 19 * 1024, 2};
  medseal_person_options second = MEDSEAL_INIT(medseal_person_options);
  medseal_status_info info = MEDSEAL_INIT(medseal_status_info);
  medseal_session* two = NULL;
  medseal_record* record = NULL;
  second.name = "grace";
  second.password = text("willow copper tunnel");
  second.cost = &cost;
  EXPECT_CODE(MEDSEAL_OK, medseal_person_add(session, &second, &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_restrict(session, &ref, "contested", &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_status(vault, &info, &error));
  EXPECT(info.held == 0 && info.restricted == 1);
  EXPECT_CODE(MEDSEAL_PERMISSION_DENIED, medseal_get(session, &ref, NULL, &record, &error));
  EXPECT_CODE(MEDSEAL_OK, login(vault, "ada", "tram gravel lantern", &two));
  EXPECT_CODE(MEDSEAL_WRONG_SECRET, join(two, "grace", "tram gravel lantern"));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, join(two, "ada", "tram gravel lantern"));
  EXPECT_CODE(MEDSEAL_OK, join(two, "grace", "willow copper tunnel"));
  EXPECT_CODE(MEDSEAL_ALREADY_EXISTS, join(two, "grace", "willow copper tunnel"));
  EXPECT_CODE(MEDSEAL_OK, medseal_get(two, &ref, NULL, &record, &error));
  medseal_record_free(record);
  EXPECT_CODE(MEDSEAL_PERMISSION_DENIED, medseal_unrestrict(session, &ref, &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_unrestrict(two, &ref, &error));
  medseal_session_free(two);
}

static void count_type(void* context, const medseal_retention_type* type) {
  EXPECT(strcmp(type->type, "Patient") == 0 && type->expired == 0 && type->earliest_ms == 0);
  ++*(int*)context;
}

static void RetentionIsAPlanUnlessToldToRun(medseal_session* session) {
  medseal_retention_options options = MEDSEAL_INIT(medseal_retention_options);
  medseal_retention_report report = MEDSEAL_INIT(medseal_retention_report);
  int types = 0;
  EXPECT_CODE(MEDSEAL_OK, medseal_retention(session, NULL, &report, &error));
  EXPECT(report.records > 0 && report.expired == 0 && report.clock == MEDSEAL_CLOCK_BELIEVED);
  options.on_type = count_type;
  options.context = &types;
  options.until_ms = 99999999999999u;
  EXPECT_CODE(MEDSEAL_OK, medseal_retention(session, &options, NULL, &error));
  EXPECT(types == 1);
  options.run = 1;
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_retention(session, &options, &report, &error));
  options.until_ms = 0;
  EXPECT_CODE(MEDSEAL_OK, medseal_retention(session, &options, &report, &error));
  EXPECT(report.deleted == 0 && report.cleared == 0);
}

static void ALargeValueIsReadInPieces(medseal_session* session) {
  static char large[200000];
  const medseal_ref ref = ref_of("p-1");
  medseal_upload* upload = NULL;
  medseal_put_result result = MEDSEAL_INIT(medseal_put_result);
  medseal_buffer* piece = NULL;
  medseal_bytes whole;
  uint64_t size = 0;
  memset(large, 'x', sizeof large);
  memcpy(large + 150000, "here", 4);
  whole.data = large;
  whole.size = sizeof large;
  EXPECT_CODE(MEDSEAL_OK, medseal_upload_begin(session, &ref, "image", &upload, &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_upload_append(upload, whole, &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_upload_publish(upload, 0, &result, &error));
  EXPECT(result.version == 2);
  medseal_upload_free(upload);
  EXPECT_CODE(MEDSEAL_OK, medseal_read_value(session, &ref, "image", 150000, 4, &piece, &size, &error));
  EXPECT(size == sizeof large);
  EXPECT(medseal_buffer_bytes(piece).size == 4 && memcmp(medseal_buffer_bytes(piece).data, "here", 4) == 0);
  medseal_free(piece);
}

static void AChildOfForkIsRefused(medseal_session* session) {
  const medseal_ref ref = ref_of("p-1");
  int status = 0;
  const pid_t child = fork();
  if (child == 0) {
    medseal_record* record = NULL;
    _exit(medseal_get(session, &ref, NULL, &record, NULL) == MEDSEAL_FORKED ? 0 : 1);
  }
  EXPECT(waitpid(child, &status, 0) == child);
  EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The order that a garbage collector may choose: parents first. */
static void ChildrenOutliveTheirParents(medseal_vault* vault, medseal_session* session) {
  const medseal_ref ref = ref_of("p-1");
  medseal_record* record = NULL;
  medseal_record* none = NULL;
  medseal_cursor* cursor = NULL;
  EXPECT_CODE(MEDSEAL_OK, medseal_get(session, &ref, NULL, &record, &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_scan(session, "Patient", NULL, &cursor, &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_close(vault, &error));
  medseal_vault_free(vault);
  EXPECT_CODE(MEDSEAL_CLOSED, medseal_get(session, &ref, NULL, &none, &error));
  EXPECT_CODE(MEDSEAL_CLOSED, medseal_next(cursor, &none, &error));
  medseal_session_free(session);
  EXPECT(medseal_record_version(record) == 2);
  medseal_record_free(record);
  medseal_cursor_free(cursor);
}

static void ALoggedOutSessionIsClosed(void) {
  const medseal_ref ref = ref_of("p-1");
  medseal_vault* vault = NULL;
  medseal_session* session = NULL;
  medseal_record* record = NULL;
  EXPECT_CODE(MEDSEAL_OK, open_with("open keyring", &vault));
  EXPECT_CODE(MEDSEAL_OK, login(vault, "ada", "tram gravel lantern", &session));
  medseal_logout(session);
  EXPECT_CODE(MEDSEAL_CLOSED, medseal_get(session, &ref, NULL, &record, &error));
  medseal_session_free(session);
  medseal_vault_free(vault);
}

static int count_backups(void* context, const medseal_backup_info* info) {
  if (info->state == MEDSEAL_OK) ++*(int*)context;
  return 0;
}

static void copy_nothing(void* context) { ++*(int*)context; }

static void ABackupIsMadeListedAndRestored(void) {
  medseal_vault* vault = NULL;
  int made = 0, listed = 0, intact = 0, worked = 0;
  char place[128], restored[128];
  medseal_keyring keyring = the_keyring("open keyring");
  medseal_restore_options options = MEDSEAL_INIT(medseal_restore_options);
  medseal_restore_report report = MEDSEAL_INIT(medseal_restore_report);
  snprintf(place, sizeof place, "%s/place", folder);
  snprintf(restored, sizeof restored, "%s/restored", folder);
  EXPECT_CODE(MEDSEAL_OK, open_with("open keyring", &vault));
  EXPECT_CODE(MEDSEAL_NOT_FOUND, medseal_backup_create(vault, NULL, NULL, count_backups, &made, &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_backup_register(vault, place, MEDSEAL_PLACE_BACKUPS, &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_backup_create(vault, NULL, NULL, count_backups, &made, &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_backup_list(vault, place, NULL, count_backups, &listed, &error));
  EXPECT(made == 1 && listed == 1);
  EXPECT_CODE(MEDSEAL_OK, medseal_backup_freeze(vault, 60000, copy_nothing, &worked, &intact, &error));
  EXPECT(worked == 1 && intact == 1);
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_backup_freeze(vault, 0, copy_nothing, &worked, &intact, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_backup_forget(vault, "", &error));
  keyring.path = "";
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_provider_add(vault, &keyring, NULL, &error));
  keyring.path = keyring_path;
  medseal_vault_free(vault);
  options.from = place;
  options.keyring = &keyring;
  EXPECT_CODE(MEDSEAL_OK, medseal_backup_drill(&options, &report, &error));
  EXPECT(report.sampled > 0 && report.failed == 0);
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_restore(&options, NULL, NULL, &report, &error)); /* to where? */
  options.store = restored;
  EXPECT_CODE(MEDSEAL_OK, medseal_restore(&options, NULL, NULL, &report, &error));
  EXPECT(report.backup == 1 && report.patients > 0 && report.unreadable == 0);
}

/* Another password for the founder; the session that asked goes on, the other one ends. */
static void OtherKeysEndAPersonsOtherSessions(void) {
  const medseal_ref ref = ref_of("p-1");
  medseal_cost cost = MEDSEAL_INIT(medseal_cost);
  medseal_secret_change_options change = MEDSEAL_INIT(medseal_secret_change_options);
  medseal_vault* vault = NULL;
  medseal_session* asking = NULL;
  medseal_session* other = NULL;
  medseal_record* record = NULL;
  cost.memory_kib = 19 * 1024;
  cost.passes = 2;
  EXPECT_CODE(MEDSEAL_OK, open_with("open keyring", &vault));
  EXPECT_CODE(MEDSEAL_OK, login(vault, "ada", "tram gravel lantern", &asking));
  EXPECT_CODE(MEDSEAL_OK, login(vault, "ada", "tram gravel lantern", &other));
  EXPECT_CODE(MEDSEAL_NOT_FOUND, medseal_rotate_person(asking, "bob", text("harbour violin 7"), &cost, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_rotate_person(asking, NULL, text("harbour violin 7"), &cost, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_rotate_person(asking, "ada", text(""), &cost, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_rotate_person_to_token(asking, "ada", NULL, text("1234"), &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_rotate_person_to_token(asking, "ada", "pkcs11:object=o", text("1234"), &error));
  EXPECT_CODE(MEDSEAL_KEY_UNAVAILABLE,
              medseal_rotate_person_to_token(asking, "ada", "pkcs11:token=none?module-path=/none.so", text("1234"), &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_secret_change(asking, NULL, &error));
  change.cost = &cost;
  change.password = text("not this one at all");
  change.new_password = text("willow copper 9");
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_secret_change(NULL, &change, &error));
  EXPECT_CODE(MEDSEAL_WRONG_SECRET, medseal_secret_change(asking, &change, &error));
  change.password = text("tram gravel lantern");
  change.new_key_file = text("both are given");
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_secret_change(asking, &change, &error));
  change.new_key_file.size = 0;
  change.new_password = text("password1234");
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_secret_change(asking, &change, &error));
  change.new_password = text("willow copper 9");
  EXPECT_CODE(MEDSEAL_OK, medseal_secret_change(asking, &change, &error));
  EXPECT_CODE(MEDSEAL_CLOSED, medseal_get(other, &ref, NULL, &record, &error));
  medseal_session_free(other);
  EXPECT_CODE(MEDSEAL_OK, login(vault, "ada", "willow copper 9", &other));
  EXPECT_CODE(MEDSEAL_OK, medseal_rotate_person(asking, "ada", text("harbour violin 7"), &cost, &error));
  EXPECT_CODE(MEDSEAL_CLOSED, medseal_get(other, &ref, NULL, &record, &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_get(asking, &ref, NULL, &record, &error));
  medseal_record_free(record);
  medseal_session_free(other);
  EXPECT_CODE(MEDSEAL_WRONG_SECRET, login(vault, "ada", "tram gravel lantern", &other));
  EXPECT_CODE(MEDSEAL_OK, login(vault, "ada", "harbour violin 7", &other));
  medseal_session_free(other);
  medseal_session_free(asking);
  medseal_vault_free(vault);
}

static char share_texts[16][512];
static medseal_bytes shares[16];

static int keep_share(void* context, uint32_t number, medseal_bytes given) {
  if (context != NULL || number > 16 || given.size >= sizeof share_texts[0]) return 1;
  memcpy(share_texts[number - 1], given.data, given.size);
  shares[number - 1].data = share_texts[number - 1];
  shares[number - 1].size = given.size;
  return 0;
}

static void count_fault(void* context, size_t index, medseal_share_fault fault, const char* why) {
  EXPECT(index == 1 && fault == MEDSEAL_SHARE_DAMAGED && strlen(why) > 0);
  ++*(int*)context;
}

/* Custodians, and a founder whose password nobody knows any more. */
static void SharesGiveTheFounderAnotherPassword(void) {
  medseal_cost cost = MEDSEAL_INIT(medseal_cost);
  medseal_recovery_setup_options setup = MEDSEAL_INIT(medseal_recovery_setup_options);
  medseal_recovery_options brought = MEDSEAL_INIT(medseal_recovery_options);
  medseal_recovery_info info = MEDSEAL_INIT(medseal_recovery_info);
  medseal_vault* vault = NULL;
  medseal_session* session = NULL;
  int faults = 0;
  cost.memory_kib = 19 * 1024;
  cost.passes = 2;
  EXPECT_CODE(MEDSEAL_OK, open_with("open keyring", &vault));
  EXPECT_CODE(MEDSEAL_OK, login(vault, "ada", "harbour violin 7", &session));
  EXPECT_CODE(MEDSEAL_OK, medseal_recovery_status(vault, &info, &error));
  EXPECT(info.set == 0 && info.shares == 0);
  EXPECT_CODE(MEDSEAL_NOT_FOUND, medseal_recovery_drill(vault, &brought, NULL, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_recovery_setup(session, &setup, &error));
  setup.on_share = keep_share;
  setup.context = &setup; /* keep_share takes no share then */
  EXPECT_CODE(MEDSEAL_CANCELLED, medseal_recovery_setup(session, &setup, &error));
  setup.context = NULL;
  setup.threshold = 257;
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_recovery_setup(session, &setup, &error));
  setup.threshold = 0;
  EXPECT_CODE(MEDSEAL_OK, medseal_recovery_setup(session, &setup, &error));
  EXPECT_CODE(MEDSEAL_OK, medseal_recovery_status(vault, &info, &error));
  EXPECT(info.set == 1 && info.threshold == 3 && info.shares == 5);
  medseal_session_free(session);

  brought.shares = shares;
  brought.share_count = 3;
  EXPECT_CODE(MEDSEAL_OK, medseal_recovery_drill(vault, &brought, &info, &error));
  EXPECT(info.good == 3 && info.class_keys > 0 && info.class_keys_missing == 0 && strcmp(info.founder, "ada") == 0);
  share_texts[1][0] ^= 1;
  brought.on_bad_share = count_fault;
  brought.context = &faults;
  brought.password = text("found it again");
  brought.cost = &cost;
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_recovery_open(vault, &brought, &info, &error));
  EXPECT(faults == 1 && info.good == 2 && info.founder[0] == 0);
  brought.share_count = 4;
  EXPECT_CODE(MEDSEAL_OK, medseal_recovery_open(vault, &brought, NULL, &error));
  EXPECT(faults == 2);
  EXPECT_CODE(MEDSEAL_WRONG_SECRET, login(vault, "ada", "harbour violin 7", &session));
  EXPECT_CODE(MEDSEAL_OK, login(vault, "ada", "found it again", &session));
  medseal_session_free(session);
  medseal_vault_free(vault);
}

static void AskedForAMaskItIsNamed(medseal_session* session) {
  medseal_get_options options = MEDSEAL_INIT(medseal_get_options);
  const medseal_ref ref = ref_of("masked");
  medseal_put_item item = MEDSEAL_INIT(medseal_put_item);
  medseal_record* record = NULL;
  medseal_bytes message;
  item.ref = ref;
  item.format = MEDSEAL_JSON;
  item.message = text("{\"name\": \"Curie\"}");
  EXPECT_CODE(MEDSEAL_OK, medseal_put(session, &item, NULL, &error));
  options.masked = 1;
  EXPECT_CODE(MEDSEAL_OK, medseal_get(session, &ref, &options, &record, &error));
  EXPECT(medseal_record_masked_count(record) == 1 && strcmp(medseal_record_masked(record, 0), "name") == 0);
  EXPECT(medseal_record_masked(record, 1) == NULL);
  message = medseal_record_message(record);
  EXPECT(message.size == 7 && memcmp(message.data, "\x0a\x05" "C****", 7) == 0);
  medseal_record_free(record);
}

/* C lets an enumeration hold any number. */
static void NumbersOfNoEnumerationAreInvalidArguments(medseal_vault* vault, medseal_session* session) {
  const medseal_keyring keyring = the_keyring("open keyring");
  medseal_init_options init = MEDSEAL_INIT(medseal_init_options);
  medseal_open_options open = MEDSEAL_INIT(medseal_open_options);
  medseal_person_options person = MEDSEAL_INIT(medseal_person_options);
  medseal_import_options import = MEDSEAL_INIT(medseal_import_options);
  medseal_put_item item = MEDSEAL_INIT(medseal_put_item);
  const char* words[] = {"/dev/null"};
  medseal_vault* opened = NULL;
  uint32_t job = 0;
  init.store = open.store = store;
  init.keyring = open.keyring = &keyring;
  init.person = person.name = "eve";
  init.suite = (medseal_suite)7;
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_init(&init, &error));
  open.durability = (medseal_durability)7;
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_open(&open, &opened, &error));
  open.durability = MEDSEAL_POWER;
  open.audit = (medseal_audit)7;
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_open(&open, &opened, &error));
  person.kind = (medseal_person_kind)7;
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_person_add(session, &person, &error));
  import.source = (medseal_source)7;
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_import(session, &import, NULL, &error));
  item.ref = ref_of("numbers");
  item.mode = (medseal_put_mode)7;
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_put(session, &item, NULL, &error));
  item.mode = MEDSEAL_REPLACE;
  item.format = (medseal_format)7;
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_put(session, &item, NULL, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_reseal_suite(session, (medseal_suite)7, &job, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_backup_register(vault, folder, (medseal_place_kind)7, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT,
              medseal_alert_sink_add(session, (medseal_sink_kind)7, words, 1, &job, &error));
}

static void MetricsAreText(medseal_vault* vault) {
  medseal_buffer* shown = NULL;
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_metrics_render(NULL, MEDSEAL_METRICS_PROMETHEUS, &shown, &error));
  EXPECT_CODE(MEDSEAL_INVALID_ARGUMENT, medseal_metrics_render(vault, (medseal_metrics_format)7, &shown, &error));
  EXPECT(shown == NULL);
  EXPECT_CODE(MEDSEAL_OK, medseal_metrics_render(vault, MEDSEAL_METRICS_PROMETHEUS, &shown, &error));
  EXPECT(strncmp((const char*)medseal_buffer_bytes(shown).data, "# HELP medseal_operations_total ", 32) == 0);
  medseal_free(shown);
  EXPECT_CODE(MEDSEAL_OK, medseal_metrics_render(vault, MEDSEAL_METRICS_JSON, &shown, &error));
  EXPECT(((const char*)medseal_buffer_bytes(shown).data)[0] == '[');
  medseal_free(shown);
}

int main(void) {
  medseal_vault* vault = NULL;
  medseal_session* session = NULL;
  char sweep[128];
  if (mkdtemp(folder) == NULL) return 1;
  snprintf(store, sizeof store, "%s/store", folder);
  snprintf(keyring_path, sizeof keyring_path, "%s/keyring", folder);

  CodesHaveNamesAndExitCodes();
  FreeAcceptsNull();
  MissingHandlesAndOutputsAreInvalidArguments();
  AShortErrorIsNotWrittenBeyondItsSize();
  OpeningWhatIsNotThereIsNoVault();
  AVaultIsMadeOnce();
  SecretsAreToldApart();
  OneOpenAtATime();
  EXPECT_CODE(MEDSEAL_OK, open_with("open keyring", &vault));
  EXPECT_CODE(MEDSEAL_OK, login(vault, "ada", "tram gravel lantern", &session));
  if (failures == 0) {
    ARecordComesBack(session);
    AFailedGetGivesNull(session);
    MessagesHoldNoValues(session);
    ABatchSaysWhatBecameOfEachItem(session);
    FindReadsTheNormalisedValue(session);
    ACallbackEndsAListing(session);
    TheDoctorFindsSomething(vault, session);
    ARoleIsGivenAndItsPersonDisabled(vault, session);
    AHeldPatientIsNotDeleted(session);
    ARestrictedPatientIsReadByTwo(vault, session);
    RetentionIsAPlanUnlessToldToRun(session);
    ALargeValueIsReadInPieces(session);
    AskedForAMaskItIsNamed(session);
    NumbersOfNoEnumerationAreInvalidArguments(vault, session);
    MetricsAreText(vault);
    AChildOfForkIsRefused(session);
    ChildrenOutliveTheirParents(vault, session);
    ALoggedOutSessionIsClosed();
    OtherKeysEndAPersonsOtherSessions();
    SharesGiveTheFounderAnotherPassword();
    ABackupIsMadeListedAndRestored();
  }

  snprintf(sweep, sizeof sweep, "rm -rf '%s'", folder);
  if (system(sweep) != 0) fprintf(stderr, "%s was left behind\n", folder);
  if (failures != 0) fprintf(stderr, "%d expectations failed\n", failures);
  return failures == 0 ? 0 : 1;
}
