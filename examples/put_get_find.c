/* Makes a vault, seals one record, reads it back and finds it by a searched field. Usage: put_get_find_c FOLDER */
#include <medseal/medseal.h>
#include <stdio.h>
#include <string.h>

static const char kSchema[] =
    "syntax = \"proto3\"; import \"medseal/options.proto\"; option (medseal.v1.class) = { name: \"identity\" };"
    "message Patient { option (medseal.v1.record) = {}; string note = 2;"
    "  string name = 1 [(medseal.v1.field) = { class: \"identity\" find: EXACT normalize: NAME }]; }";

static medseal_error error = MEDSEAL_INIT(medseal_error);

static medseal_bytes text(const char* s) { return (medseal_bytes){s, strlen(s)}; }

static int done(medseal_code code, const char* what) {
  if (code != MEDSEAL_OK) fprintf(stderr, "%s: %s: %s\n", what, medseal_code_name(code), error.message);
  return code == MEDSEAL_OK;
}

int main(int argc, char** argv) {
  char store[512], keyring_path[512];
  if (argc != 2) return fprintf(stderr, "usage: %s FOLDER\n", argv[0]), 2;
  snprintf(store, sizeof store, "%s/store", argv[1]);
  snprintf(keyring_path, sizeof keyring_path, "%s/keyring", argv[1]); /* in earnest: on another device */

  const medseal_keyring keyring = {.size = sizeof keyring, .path = keyring_path, .secret = text("a long passphrase")};
  const medseal_schema schema = {.size = sizeof schema, .proto = text(kSchema)};
  const medseal_init_options make = {.size = sizeof make,
                                     .store = store,
                                     .keyring = &keyring,
                                     .schema = &schema,
                                     .person = "ada",
                                     .password = text("tram gravel lantern")};
  const medseal_open_options open = {.size = sizeof open, .store = store, .keyring = &keyring};
  const medseal_login_options login = {
      .size = sizeof login, .person = "ada", .password = text("tram gravel lantern"), .purpose = "care"};
  const medseal_put_item item = {
      .size = sizeof item,
      .format = MEDSEAL_JSON,
      .message = text("{\"name\": \"Zoé Martin\", \"note\": \"fasting\"}"),
      .ref = {.size = sizeof item.ref, .type = "Patient", .patient = text("p-1"), .record = text("p-1")}};

  medseal_vault* vault = NULL;
  medseal_session* session = NULL;
  medseal_cursor* found = NULL;
  medseal_record *got = NULL, *match = NULL;
  medseal_bytes json = {NULL, 0};
  const int ok = done(medseal_init(&make, &error), "init") && done(medseal_open(&open, &vault, &error), "open") &&
                 done(medseal_login(vault, &login, &session, &error), "login") &&
                 done(medseal_put(session, &item, NULL, &error), "put") &&
                 done(medseal_get(session, &item.ref, NULL, &got, &error), "get") &&
                 done(medseal_find(session, "Patient", "name", text("ZOE MARTIN"), &found, &error), "find") &&
                 done(medseal_next(found, &match, &error), "next") && match != NULL &&
                 done(medseal_record_json(match, &json, &error), "json");
  if (ok) printf("found %.*s\n", (int)json.size, (const char*)json.data);
  medseal_record_free(match), medseal_record_free(got), medseal_cursor_free(found);
  medseal_session_free(session), medseal_vault_free(vault);
  return ok ? 0 : 1;
}
