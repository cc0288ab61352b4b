/* clang-format off */
/*
 * medseal: medical records, sealed field by field, at rest.
 *
 * The whole public API. Rules that hold everywhere:
 *
 * Results   Every call that can fail returns a medseal_code. MEDSEAL_OK is 0. `error`, if not NULL, then says where: the caller owns
 *           it, sets its `size` once and reads it after a failure. Messages hold no values, ids or keys. Outputs are set to
 *           NULL or zero on failure.
 * Structs   Each begins with `size`, set by the caller to sizeof of it; fields added later are read only when `size` covers
 *           them. Zero everything else (MEDSEAL_INIT) and set what differs: zero is the default of every field.
 * Lifetime  Arguments are read during the call only. Handles are freed by their _free, which accepts NULL, wipes what was secret
 *           and may come in any order: children keep their parents alive. After medseal_close every call on a child answers
 *           MEDSEAL_CLOSED. What an accessor returns lives as long as the handle it came from.
 * Threads   A vault and a session may be shared by any number of threads. A record, a cursor, an upload belong to one thread at a time.
 * Fork      In a child of the process that opened the vault every call answers MEDSEAL_FORKED.
 * Any call  may answer INVALID_ARGUMENT, CLOSED, FORKED, IO_ERROR, AUTH_FAILED and CORRUPT; comments name the others.
 */
#ifndef MEDSEAL_H
#define MEDSEAL_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define MEDSEAL_API __attribute__((visibility("default")))
#else
#define MEDSEAL_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What a caller does next. The numbers never change; medseal_exit_code gives the command line's exit code for each. */
typedef enum medseal_code {
  MEDSEAL_OK = 0,
  MEDSEAL_INVALID_ARGUMENT = 1,    /* correct the call or the input */
  MEDSEAL_NOT_FOUND = 2,           /* nothing is there */
  MEDSEAL_ERASED = 3,              /* its key was destroyed on purpose; do not retry */
  MEDSEAL_PERMISSION_DENIED = 4,   /* this person may not */
  MEDSEAL_NO_VAULT = 5,            /* no vault at this path */
  MEDSEAL_LOCKED = 6,              /* another process has it open */
  MEDSEAL_WRONG_SECRET = 7,        /* password, passphrase or key file is not the one */
  MEDSEAL_AUTH_FAILED = 8,         /* stored bytes were changed, or were sealed for another place */
  MEDSEAL_CORRUPT = 9,             /* stored bytes do not parse */
  MEDSEAL_STALE = 10,              /* the store is older than its anchor: something was lost or put back */
  MEDSEAL_KEY_UNAVAILABLE = 11,    /* its key cannot be reached now; a later call may succeed */
  MEDSEAL_CANCELLED = 12,          /* the callback said so; what was acknowledged stays */
  MEDSEAL_ALREADY_EXISTS = 13,
  MEDSEAL_CONFLICT = 14,           /* somebody changed it first: read again */
  MEDSEAL_CLOSED = 15,
  MEDSEAL_UNSUPPORTED = 16,
  MEDSEAL_UNSUPPORTED_VERSION = 17, /* written by a later medseal */
  MEDSEAL_SUITE_UNAVAILABLE = 18,  /* this machine cannot do the store's suite */
  MEDSEAL_RESOURCE_EXHAUSTED = 19,
  MEDSEAL_IO_ERROR = 20,
  MEDSEAL_FORKED = 21
} medseal_code;

typedef struct medseal_error {
  size_t size;
  medseal_code code;
  uint64_t incident; /* random; names this failure in logs */
  char message[240]; /* for a person; ends with a zero byte */
} medseal_error;

/* Bytes that somebody else owns. */
typedef struct medseal_bytes {
  const void* data;
  size_t size;
} medseal_bytes;

#ifdef __cplusplus
#define MEDSEAL_INIT(type) { sizeof(type) }
#else
#define MEDSEAL_INIT(type) { .size = sizeof(type) } /* named, so that -Wextra has nothing to say */
#endif

typedef struct medseal_vault medseal_vault;     /* one opened store */
typedef struct medseal_session medseal_session; /* one person at work, with the keys of their classes */
typedef struct medseal_record medseal_record;   /* one opened record */
typedef struct medseal_cursor medseal_cursor;   /* several records, one after the other */
typedef struct medseal_upload medseal_upload;   /* a large value on its way in */
typedef struct medseal_buffer medseal_buffer;   /* bytes this library owns */

MEDSEAL_API const char* medseal_version(void);                   /* "0.1.0" */
MEDSEAL_API const char* medseal_code_name(medseal_code code);    /* "AuthFailed" */
MEDSEAL_API int medseal_exit_code(medseal_code code);            /* README, "Exit codes" */

MEDSEAL_API medseal_bytes medseal_buffer_bytes(const medseal_buffer* buffer);
MEDSEAL_API void medseal_free(medseal_buffer* buffer); /* wipes */

/* ---- A vault ------------------------------------------------------------------------------------------------------- */

typedef enum medseal_suite {
  MEDSEAL_SUITE_AUTO = 0, /* AES-256-GCM where the processor does it, else ChaCha20-Poly1305 */
  MEDSEAL_SUITE_CHACHA20_POLY1305 = 1,
  MEDSEAL_SUITE_AES256_GCM = 2
} medseal_suite;

typedef enum medseal_durability {
  MEDSEAL_POWER = 0,  /* an acknowledged write survives the loss of power */
  MEDSEAL_PROCESS = 1 /* it survives the death of the process */
} medseal_durability;

/* Where the keys outside the store are, and what opens them: a keyring file (its path, or file:PATH) or a PKCS#11 token
 * (pkcs11:token=NAME;object=NAME, with ?module-path=/PATH unless p11-kit knows the module). A token that stays away, or does not answer
 * within ten seconds, is KEY_UNAVAILABLE; a PIN is tried once. */
typedef struct medseal_keyring {
  size_t size;
  const char* path;      /* or URI; a file lies outside the store's directory */
  medseal_bytes secret;  /* passphrase, 32 bytes of a key file, or the token's PIN */
  int secret_is_key;     /* 1: `secret` is 32 bytes of key, 0: a passphrase or PIN */
} medseal_keyring;

/* Argon2id. Zero takes the default (64 MiB, 3 passes); floor 19 MiB and 2, ceiling 1 GiB and 10. */
typedef struct medseal_cost {
  size_t size;
  uint32_t memory_kib;
  uint32_t passes;
} medseal_cost;

/* A schema: the text of one .proto, or a serialized FileDescriptorSet. */
typedef struct medseal_schema {
  size_t size;
  medseal_bytes proto;
  const char* file_name; /* for messages; NULL reads as schema.proto */
  medseal_bytes descriptor_set;
  medseal_bytes rules;   /* what class coded results belong to; empty takes the built-in rules */
} medseal_schema;

typedef struct medseal_init_options {
  size_t size;
  const char* store;             /* a directory to be made */
  const medseal_keyring* keyring; /* is made: the file, or the objects on the token */
  const medseal_schema* schema;
  medseal_suite suite;
  const char* person;            /* the founder: holds every class */
  medseal_bytes password;
  const medseal_cost* cost;      /* of passphrase and password; may be NULL */
} medseal_init_options;

/* Makes a vault and its keyring.
 *   ALREADY_EXISTS     a vault or keyring is there: nothing was touched
 *   SUITE_UNAVAILABLE  this machine cannot do the suite asked for
 *   INVALID_ARGUMENT   schema (file:line in the message), keyring inside the store, empty password, cost out of range */
MEDSEAL_API medseal_code medseal_init(const medseal_init_options* options, medseal_error* error);

/* When an entry of the log of accesses is on the medium. */
typedef enum medseal_audit {
  MEDSEAL_AUDIT_GROUP = 0, /* at most 50 ms later, with others; the death of the process loses nothing */
  MEDSEAL_AUDIT_SYNC = 1   /* before the call goes on */
} medseal_audit;

/* Something that a person should look at: who did what the rules name. No values, no external ids. */
typedef struct medseal_alert {
  size_t size;
  uint64_t time_ms;
  const char* rule;    /* medseal_alert_rules lists them */
  const char* store;   /* its id in hexadecimal; empty while the vault is not open */
  const char* person;  /* empty: the host, or nobody that is known */
  const char* session; /* as the log names it; empty: none */
  const char* patient; /* handle in hexadecimal; empty: none */
  uint64_t number;     /* how many of what the rule counts */
  const char* json;    /* all of it on one line */
} medseal_alert;
/* `alert` is good during the call, which comes from a thread of the vault and makes no call on it. Return 0 once the alert is taken;
 * anything else: it comes again later, at the latest when the vault is opened with a callback anew. */
typedef int (*medseal_alert_callback)(void* context, const medseal_alert* alert);

typedef struct medseal_open_options {
  size_t size;
  const char* store;
  const medseal_keyring* keyring;
  medseal_durability durability;
  int accept_stale;        /* 1: open a store older than its anchor, read-only */
  size_t cache_patients;   /* key rows kept at hand; 0: 16384 */
  size_t cache_bytes;      /* database blocks kept in memory; 0: 64 MiB */
  medseal_audit audit;
  /* May be NULL. Also told of a store that does not open because it was changed or is older than its anchor, which nothing else can
   * tell. */
  medseal_alert_callback alert_callback;
  void* alert_context;
} medseal_open_options;

/*   NO_VAULT, LOCKED, WRONG_SECRET and KEY_UNAVAILABLE (of the keyring), STALE, SUITE_UNAVAILABLE, UNSUPPORTED_VERSION */
MEDSEAL_API medseal_code medseal_open(const medseal_open_options* options, medseal_vault** vault, medseal_error* error);

/* Waits for running calls, makes everything durable, moves the anchor, ends all sessions. The handle still needs medseal_vault_free. */
MEDSEAL_API medseal_code medseal_close(medseal_vault* vault, medseal_error* error);
MEDSEAL_API void medseal_vault_free(medseal_vault* vault); /* closes first, if that was not done */

typedef enum medseal_freshness {
  MEDSEAL_FRESH = 0,       /* exactly as anchored */
  MEDSEAL_FRESH_UP_TO = 1, /* ended without a close: holds all that was anchored, and `unanchored_commits` more */
  MEDSEAL_OLDER = 2,       /* older than its anchor, opened with accept_stale */
  MEDSEAL_UNVERIFIED = 3   /* the provider has no anchor to compare with */
} medseal_freshness;

typedef struct medseal_status_info {
  size_t size;
  uint8_t store_id[16];
  medseal_suite suite;
  medseal_freshness freshness;     /* as found at open */
  uint64_t unanchored_commits;     /* at open */
  uint32_t epoch;
  uint32_t schema_version;
  uint32_t persons;
  uint32_t classes;
  uint64_t statements;
  uint64_t patients;               /* about */
  uint64_t rows;                   /* about; records of all versions and stream chunks */
  uint64_t bytes_on_disk;
  uint64_t locked_key_bytes;       /* key memory that mlock holds */
  uint64_t unlocked_key_bytes;     /* key memory that mlock refused: may reach swap */
  uint32_t sessions;
  int read_only;
  int keyring_on_same_device;      /* a thief of the disk has the keyring too */
  int keyring_readable_by_others;
  uint64_t held;                   /* patients under a legal hold */
  uint64_t restricted;             /* patients that only two persons together may read */
  int keyring_on_token;            /* a thief of the disk has none, unless the token is software that keeps its keys there */
  uint32_t credentials_under_other_suite; /* each comes under the store's suite when its person logs in next */
  int keyring_under_other_suite;   /* the opened copy of the provider keeps the suite that it was made under */
  uint64_t undelivered_alerts;     /* found at open */
} medseal_status_info;
MEDSEAL_API medseal_code medseal_status(medseal_vault* vault, medseal_status_info* info, medseal_error* error);

typedef enum medseal_metrics_format {
  MEDSEAL_METRICS_PROMETHEUS = 0, /* text exposition format, as a scrape or node_exporter's textfile collector takes it */
  MEDSEAL_METRICS_JSON = 1        /* an array of {"name", "type", "help", "samples"} with the same content */
} medseal_metrics_format;
/* What this vault counted since it was opened: operations and how long they took, caches, jobs, log, key memory, sessions, anchor. Names
 * no person, patient, record or class. To be asked every few seconds at most: it reads the rows of jobs.
 *   KEY_UNAVAILABLE  the anchor cannot be read now */
MEDSEAL_API medseal_code medseal_metrics_render(medseal_vault* vault, medseal_metrics_format format, medseal_buffer** text,
                                                medseal_error* error);

/* ---- Sessions ------------------------------------------------------------------------------------------------------ */

typedef struct medseal_login_options {
  size_t size;
  const char* person;
  medseal_bytes password;
  /* Of use: care, billing, research, admin, emergency, migration, audit, patient_request, public_health, or x- and 1 to 32 small letters,
   * digits, - and _. Goes on record; has no default. */
  const char* purpose;
  /* Asserted by the host, proven by nobody, and so recorded; each at most 128 bytes of clean UTF-8, NULL for none. */
  const char* on_behalf_of; /* the host's own user */
  const char* origin;       /* where they are: machine, terminal, address */
  medseal_bytes key_file;   /* instead of a password: its 32 bytes */
  const char* job;          /* that the session is for, as medseal_declared_job_declare named it; NULL: none. Goes on record */
  /* The person's PKCS#11 token, pkcs11:token=NAME[?module-path=/PATH] (RFC 7512); `password` is then its PIN, which is tried once. NULL:
   * none. The token decrypts what opens the person's keys; one that can only sign opens nothing. */
  const char* token;
} medseal_login_options;

/* After failures the next answer takes longer, and then the name is locked out for a while: policy login_delay_ms, login_attempts,
 * lockout_minutes. The session ends by itself when nobody used it for session_idle_minutes, and after session_max_hours; its keys are wiped.
 *   WRONG_SECRET        unknown person, wrong secret or locked out: the same answer in the same time (locked out, a token's PIN is not tried)
 *   INVALID_ARGUMENT    the purpose is missing or unknown; a text is not clean
 *   RESOURCE_EXHAUSTED  the person has as many sessions as policy allows (sessions_per_person)
 *   KEY_UNAVAILABLE     the token is not there, fails, or has something else in the process logged in to it: nobody's login, and not counted
 * and of the job: NOT_FOUND, none of that name;  PERMISSION_DENIED, another person's;  AUTH_FAILED, not signed by two who could declare it */
MEDSEAL_API medseal_code medseal_login(medseal_vault* vault, const medseal_login_options* options, medseal_session** session,
                                       medseal_error* error);
/* A second person at the session, until logout, by their own login (`second->purpose` is not read): what takes two persons together. They
 * bear witness; the keys remain those of the session's own person.
 *   WRONG_SECRET       as medseal_login;  INVALID_ARGUMENT  it is the session's own person
 *   PERMISSION_DENIED  one of the two is a service;  ALREADY_EXISTS  somebody has joined already */
MEDSEAL_API medseal_code medseal_session_join(medseal_session* session, const medseal_login_options* second, medseal_error* error);
/* Wipes the session's keys; calls on it then answer CLOSED, as they do once its time is over: log in again. */
MEDSEAL_API void medseal_logout(medseal_session* session);
MEDSEAL_API void medseal_session_free(medseal_session* session); /* logs out first */

/* ---- Records ------------------------------------------------------------------------------------------------------- */

#define MEDSEAL_PATIENT_HANDLE_SIZE 16
#define MEDSEAL_RECORD_HANDLE_SIZE 32

/* Which record. The patient is named by external id, or by handle when `patient_handle` is set. */
typedef struct medseal_ref {
  size_t size;
  const char* type;
  medseal_bytes patient;         /* external id, such as FHIR Patient.id */
  const uint8_t* patient_handle; /* 16 bytes, or NULL */
  medseal_bytes record;          /* id of the record within its patient and type */
} medseal_ref;

typedef enum medseal_format {
  MEDSEAL_PROTO = 0, /* a serialized message of the record's type */
  MEDSEAL_JSON = 1   /* proto-JSON */
} medseal_format;

typedef enum medseal_put_mode {
  MEDSEAL_REPLACE = 0, /* insert, or replace whole: fields not given become absent, but for classes the session does not hold */
  MEDSEAL_INSERT = 1,  /* ALREADY_EXISTS if the record is there */
  MEDSEAL_UPDATE = 2   /* the fields given replace theirs, the others stay; NOT_FOUND if the record is not there */
} medseal_put_mode;

typedef struct medseal_put_item {
  size_t size;
  medseal_ref ref;
  medseal_bytes message;
  medseal_format format;
  medseal_put_mode mode;
  uint64_t expected_version;      /* CONFLICT unless the stored record has this version; 0: any */
  const char* const* clear;       /* with UPDATE: names of fields to make absent */
  size_t clear_count;
  int skip_unchanged;             /* 1: write nothing when every given field already has this value */
} medseal_put_item;

typedef struct medseal_put_result {
  size_t size;
  medseal_code code;      /* of this item */
  uint64_t version;       /* of the record now; from 1 */
  int unchanged;          /* 1: nothing was written (skip_unchanged) */
  uint8_t patient_handle[MEDSEAL_PATIENT_HANDLE_SIZE];
  uint8_t record_handle[MEDSEAL_RECORD_HANDLE_SIZE]; /* patient handle, then record tag: safe to keep elsewhere */
} medseal_put_result;

/* A patient not known yet is made. Large fields (above 64 KiB) become streams by themselves.
 *   PERMISSION_DENIED  a value was given for a class the session does not hold or may not write, or for a field that is not for its purpose:
 *                      nothing was written. To replace a record leaves the fields alone that are not for the purpose
 *   CONFLICT, ALREADY_EXISTS, NOT_FOUND  as the item says
 *   ALREADY_EXISTS     a unique field's value is taken
 *   KEY_UNAVAILABLE    the class's newest key version is not at hand */
MEDSEAL_API medseal_code medseal_put(medseal_session* session, const medseal_put_item* item, medseal_put_result* result,
                                     medseal_error* error);

/* Items of one patient are written together or not at all; patients follow each other in the order they first appear. Stops at the
 * first failure: `results[i].code` says what became of item i (CANCELLED: not reached). `results` has `count` places, or is NULL. */
MEDSEAL_API medseal_code medseal_put_batch(medseal_session* session, const medseal_put_item* items, size_t count,
                                           medseal_put_result* results, medseal_error* error);

typedef struct medseal_get_options {
  size_t size;
  const char* const* fields; /* names of top-level fields; none: all */
  size_t field_count;
  uint64_t version;          /* of the record's history; 0: the newest */
  int masked;                /* 1: fields with a mask in the schema are shown masked */
} medseal_get_options;

/* `options` may be NULL. Fields of classes the session does not hold, or that the schema does not have for its purpose, are left out and
 * listed as redacted. A masked value is text like another: whoever puts it back writes the stars.
 *   NOT_FOUND  no such patient, record or version */
MEDSEAL_API medseal_code medseal_get(medseal_session* session, const medseal_ref* ref, const medseal_get_options* options,
                                     medseal_record** record, medseal_error* error);
/* The same by a handle that a put or a record gave. */
MEDSEAL_API medseal_code medseal_get_handle(medseal_session* session, const uint8_t record_handle[MEDSEAL_RECORD_HANDLE_SIZE],
                                            const medseal_get_options* options, medseal_record** record, medseal_error* error);

MEDSEAL_API const char* medseal_record_type(const medseal_record* record);
MEDSEAL_API medseal_bytes medseal_record_id(const medseal_record* record);
MEDSEAL_API uint64_t medseal_record_version(const medseal_record* record);
MEDSEAL_API uint64_t medseal_record_written_ms(const medseal_record* record); /* since 1970-01-01 UTC, as the writer's clock had it */
MEDSEAL_API medseal_bytes medseal_record_message(const medseal_record* record); /* serialized, without what is redacted */
MEDSEAL_API const uint8_t* medseal_record_patient_handle(const medseal_record* record);
MEDSEAL_API const uint8_t* medseal_record_handle(const medseal_record* record);
/* Fields that the session may not see (of a class it does not hold or may not read, or not for its purpose), whether they have a value or
 * not. */
MEDSEAL_API size_t medseal_record_redacted_count(const medseal_record* record);
MEDSEAL_API const char* medseal_record_redacted(const medseal_record* record, size_t index);
/* Fields of which only the mask is shown, whether they have a value or not. */
MEDSEAL_API size_t medseal_record_masked_count(const medseal_record* record);
MEDSEAL_API const char* medseal_record_masked(const medseal_record* record, size_t index);
/* The class a field of this record is sealed under ("public" if it is not), by its name; NULL: no such field. */
MEDSEAL_API const char* medseal_record_class(const medseal_record* record, const char* field);
/* The message as proto-JSON; made at the first call. */
MEDSEAL_API medseal_code medseal_record_json(medseal_record* record, medseal_bytes* json, medseal_error* error);
MEDSEAL_API void medseal_record_free(medseal_record* record);

/* History, deletion. */
MEDSEAL_API medseal_code medseal_history(medseal_session* session, const medseal_ref* ref, medseal_cursor** cursor,
                                         medseal_error* error); /* newest first */
/* Removes the record, its history and its large values. `expected_version` 0: any.
 *   PERMISSION_DENIED  the patient is under a legal hold */
MEDSEAL_API medseal_code medseal_delete(medseal_session* session, const medseal_ref* ref, uint64_t expected_version,
                                        medseal_error* error);

/* All records of a patient (`ref.type` and `ref.record` are not read), after the whole patient was checked against its head: AUTH_FAILED
 * if a row is missing, too many, or older than it should be. */
MEDSEAL_API medseal_code medseal_patient(medseal_session* session, const medseal_ref* ref, medseal_cursor** cursor,
                                         medseal_error* error);
/* Records whose field has this value, both normalised as the schema says.
 *   PERMISSION_DENIED  the session does not hold the field's class, may not search it, sees it masked at the most, or has another purpose
 *                      than the field;  INVALID_ARGUMENT  the field cannot be searched */
MEDSEAL_API medseal_code medseal_find(medseal_session* session, const char* type, const char* field, medseal_bytes value,
                                      medseal_cursor** cursor, medseal_error* error);
/* Records whose public ordered field lies in first <= value < last; an empty `last` means to the end. With `prefix` set, `first` is a
 * prefix instead and `last` is not read. */
MEDSEAL_API medseal_code medseal_range(medseal_session* session, const char* type, const char* field, medseal_bytes first,
                                       medseal_bytes last, int prefix, medseal_cursor** cursor, medseal_error* error);
/* All records of a type, in handle order; `after`, if not NULL, is the record handle of the last one of the page before. */
MEDSEAL_API medseal_code medseal_scan(medseal_session* session, const char* type, const uint8_t* after, medseal_cursor** cursor,
                                      medseal_error* error);

/* The next record, or NULL in `record` at the end. A cursor shows the store as it was when it was opened; after an hour it is CLOSED. */
MEDSEAL_API medseal_code medseal_next(medseal_cursor* cursor, medseal_record** record, medseal_error* error);
MEDSEAL_API void medseal_cursor_free(medseal_cursor* cursor);

/* ---- Legal hold and restriction ------------------------------------------------------------------------------------ */

/* Marks of a patient (`ref.type` and `ref.record` are not read), set and lifted by the founder or by a person who may work with every class
 * (PERMISSION_DENIED for others); durable when the call returns. `reason` is text of 1 to 240 bytes.
 *   NOT_FOUND  no such patient, or no such mark to lift;  ALREADY_EXISTS  the mark is there
 *
 * Hold: nothing of the patient is deleted (PERMISSION_DENIED), by hand, by retention or by erasure, and replaced versions of their
 * records stay even where the schema keeps no history. Writing goes on. */
MEDSEAL_API medseal_code medseal_hold(medseal_session* session, const medseal_ref* ref, const char* reason, medseal_error* error);
MEDSEAL_API medseal_code medseal_release(medseal_session* session, const medseal_ref* ref, medseal_error* error);
/* Restriction (GDPR art. 18): a session that no second person has joined may neither read nor write the patient's records nor delete
 * them (PERMISSION_DENIED; an import rejects them and goes on). find, range and scan leave them out without a word: a refusal would say
 * that a value was met. Retention passes over them. To lift it takes two persons, since who lifts it could then read alone. */
MEDSEAL_API medseal_code medseal_restrict(medseal_session* session, const medseal_ref* ref, const char* reason, medseal_error* error);
MEDSEAL_API medseal_code medseal_unrestrict(medseal_session* session, const medseal_ref* ref, medseal_error* error);

typedef struct medseal_mark_info {
  size_t size;
  uint8_t patient_handle[MEDSEAL_PATIENT_HANDLE_SIZE];
  int held;
  int restricted;
  uint64_t hold_since_ms;
  const char* hold_by;         /* a person's name; NULL where there is no hold */
  medseal_bytes hold_reason;
  uint64_t restriction_since_ms;
  const char* restriction_by;
  medseal_bytes restriction_reason;
} medseal_mark_info;
/* Return 0 to go on; anything else ends the listing with CANCELLED. */
typedef int (*medseal_mark_callback)(void* context, const medseal_mark_info* info);
/* All marks; for who may set them (PERMISSION_DENIED for others). */
MEDSEAL_API medseal_code medseal_marks(medseal_session* session, medseal_mark_callback callback, void* context, medseal_error* error);

/* ---- Breaking the glass -------------------------------------------------------------------------------------------- */

/* Lets this session read a class in need: one that a role of its person names with MEDSEAL_OP_BREAK_GLASS. For so many minutes, 0 for as
 * long as policy allows (break_glass_minutes). On record before anything opens, and listed until a second person has reviewed it.
 * `class_name` may be NULL where there is only one; `number` may be NULL. `reason`: 1 to 240 bytes of text, which names no patient: it stays.
 *   PERMISSION_DENIED  not entitled, the class is not there before the next login, or the person is a service
 *   ALREADY_EXISTS     the person may read the class at any time
 *   INVALID_ARGUMENT   too long a time, a reason that is not clean text, a class that has to be named */
MEDSEAL_API medseal_code medseal_break_glass(medseal_session* session, const char* class_name, const char* reason, uint64_t minutes,
                                             uint64_t* number, medseal_error* error);

typedef struct medseal_broken_glass {
  size_t size;
  uint64_t number;
  const char* person;
  const char* class_name;
  uint64_t from_ms, until_ms;
  medseal_bytes reason;
  int overdue;             /* not reviewed for longer than policy lets it be (break_glass_review_hours) */
  const char* reviewed_by; /* NULL: nobody yet */
  uint64_t reviewed_ms;
  medseal_bytes verdict;
} medseal_broken_glass;
/* Return 0 to go on; anything else ends the listing with CANCELLED. */
typedef int (*medseal_broken_glass_callback)(void* context, const medseal_broken_glass* glass);
/* For who may audit or administer; to others, what they did themselves. */
MEDSEAL_API medseal_code medseal_broken_glasses(medseal_session* session, medseal_broken_glass_callback callback, void* context,
                                                medseal_error* error);
/* By who may audit or administer, and is not who broke it. `verdict` as the reason.
 *   NOT_FOUND  no such number;  ALREADY_EXISTS  it was reviewed;  PERMISSION_DENIED  their own, a service, or not entitled */
MEDSEAL_API medseal_code medseal_break_glass_review(medseal_session* session, uint64_t number, const char* verdict, medseal_error* error);

/* ---- What takes several persons ------------------------------------------------------------------------------------ */

/* Lowering a policy, letting somebody have a class marked `no_index` or a role that administers or audits, erasing more patients than policy
 * lets one person (`erase_alone`), and naming custodians in the place of others take as many persons as policy says (`approvals`). The call that would do it
 * asks for it instead, once, and answers PERMISSION_DENIED; the message has the number. Its person signs by that, and so does a second one
 * at the session (medseal_session_join). Once enough others signed, the same call with the same arguments goes through, one time.
 * Enabled humans sign who are the founder, or may administer or audit. A vault in which fewer may than policy asks for lets as many as there
 * are give classes away and replace custodians; the rest waits for further persons. */
typedef enum medseal_approval_state {
  MEDSEAL_APPROVAL_OPEN = 1,
  MEDSEAL_APPROVAL_CARRIED_OUT = 2,
  MEDSEAL_APPROVAL_WITHDRAWN = 3,
  MEDSEAL_APPROVAL_EXPIRED = 4 /* open, and over: policy approval_hours */
} medseal_approval_state;

typedef struct medseal_approval {
  size_t size;
  uint64_t number;
  medseal_approval_state state;
  medseal_bytes action;           /* what is to be done, for people: UTF-8 */
  const uint8_t* patient_handles; /* of an erasure: patient_count times 16 bytes */
  size_t patient_count;
  const char* asked_by;
  uint64_t asked_ms, expires_ms;
  uint32_t needed;                /* persons */
  const char* const* signers;     /* while it is open those whose signature counts now, then all who signed */
  size_t signer_count;
  const char* ended_by;           /* NULL: it is open */
  uint64_t ended_ms;
  uint8_t digest[32];             /* of all that is signed: medseal_approval_sign takes it */
} medseal_approval;
/* Return 0 to go on; anything else ends the listing with CANCELLED. */
typedef int (*medseal_approval_callback)(void* context, const medseal_approval* approval);
/* For who may sign; to others, what they asked for. AUTH_FAILED: a row of approvals was taken away. */
MEDSEAL_API medseal_code medseal_approvals(medseal_session* session, medseal_approval_callback callback, void* context, medseal_error* error);
/* `digest`: 32 bytes, of the approval as it was shown.
 *   NOT_FOUND      no such number;  ALREADY_EXISTS  this person signed it, sixteen did, or it is not open
 *   CONFLICT       it is not what was shown;  PERMISSION_DENIED  this person may not sign */
MEDSEAL_API medseal_code medseal_approval_sign(medseal_session* session, uint64_t number, const uint8_t* digest, medseal_error* error);
/* By who asked for it, or may sign. Errors likewise. */
MEDSEAL_API medseal_code medseal_approval_withdraw(medseal_session* session, uint64_t number, medseal_error* error);

/* ---- Mandates ------------------------------------------------------------------------------------------------------- */

/* The signed order to move records in or out: a text for people (FORMAT.md, "Mandate") with signatures below it, as a signed note (C2SP
 * signed-note). It names types and fields one by one, how many rows at most, and when it is over. medseal_import asks for none. */
typedef enum medseal_mandate_direction { MEDSEAL_MANDATE_IMPORT = 1, MEDSEAL_MANDATE_EXPORT = 2 } medseal_mandate_direction;

/* Of one record type, what is moved. */
typedef struct medseal_mandate_take {
  size_t size;
  const char* type;
  const char* const* fields; /* names of top-level fields */
  size_t field_count;
} medseal_mandate_take;

typedef struct medseal_mandate_recipient {
  size_t size;
  const uint8_t* key; /* X25519, public, 32 bytes */
  const char* name;   /* who it is, for people */
} medseal_mandate_recipient;

typedef struct medseal_mandate {
  size_t size;
  medseal_mandate_direction direction;
  const char* from; /* for people: which system, file or vault; like `to` 1 to 240 bytes of clean UTF-8 */
  const char* to;
  const char* purpose; /* as at login */
  const medseal_mandate_take* takes;
  size_t take_count;
  const char* since; /* dates of what is moved, as 2026-01-31, inclusive; NULL: no limit */
  const char* until;
  const medseal_bytes* patients; /* external ids, where it is of these alone: the mandate has their number and a digest */
  size_t patient_count;
  const medseal_mandate_recipient* recipients; /* of an export: 1 to 16 */
  size_t recipient_count;
  int keep_unknown;    /* of an import, 1: a column that is not named is sealed under `general`; else it is dropped unread */
  uint64_t most_rows;  /* before the next one it stops */
  uint64_t expires_ms; /* UTC, a whole second */
  const char* erase_by; /* of an import: the date by which the source is gone; NULL: no such order */
  uint32_t signers;     /* persons at least; 0: as many as policy `approvals` says, which is the least in any case */
} medseal_mandate;
/* The text to be read and signed. Nothing is stored.
 *   INVALID_ARGUMENT  something of it is missing, makes no sense, or is not in the schema: the message says what */
MEDSEAL_API medseal_code medseal_mandate_new(medseal_session* session, const medseal_mandate* mandate, medseal_buffer** text,
                                             medseal_error* error);
/* `file` with the signatures of the session's person and of a second one at it (medseal_session_join), as far as they may sign: the founder,
 * and humans who administer or audit. On record.
 *   CORRUPT, UNSUPPORTED_VERSION  it is no mandate;  INVALID_ARGUMENT  it is another vault's, or of what the schema does not have
 *   AUTH_FAILED  it was changed after somebody signed it;  ALREADY_EXISTS  it bears theirs
 *   PERMISSION_DENIED  nobody at the session may sign, or it is over */
MEDSEAL_API medseal_code medseal_mandate_sign(medseal_session* session, medseal_bytes file, medseal_buffer** signed_file,
                                              medseal_error* error);

/* Good during the callback. */
typedef struct medseal_mandate_info {
  size_t size;
  medseal_bytes text; /* what is signed, for people: UTF-8 */
  uint8_t id[16];
  medseal_mandate_direction direction;
  const char* const* signers; /* who signed it, may sign and has those keys now */
  size_t signer_count;
  uint32_t needed;
  int expired;
  uint64_t expires_ms;
} medseal_mandate_info;
typedef void (*medseal_mandate_callback)(void* context, const medseal_mandate_info* info);
/* Whether it is in force now. Errors as medseal_mandate_sign has them; PERMISSION_DENIED: too few have signed, or it is over. The callback,
 * which may be NULL, is told of every mandate of this vault that was not changed. */
MEDSEAL_API medseal_code medseal_mandate_verify(medseal_vault* vault, medseal_bytes file, medseal_mandate_callback callback, void* context,
                                                medseal_error* error);

/* ---- Large values -------------------------------------------------------------------------------------------------- */

/* Writes a field of an existing record piece by piece in bounded memory (for a text or bytes field). Nothing shows before
 * medseal_upload_publish; an upload that is freed or whose process dies leaves nothing behind after the next open. */
MEDSEAL_API medseal_code medseal_upload_begin(medseal_session* session, const medseal_ref* ref, const char* field,
                                              medseal_upload** upload, medseal_error* error);
MEDSEAL_API medseal_code medseal_upload_append(medseal_upload* upload, medseal_bytes piece, medseal_error* error);
MEDSEAL_API medseal_code medseal_upload_publish(medseal_upload* upload, uint64_t expected_version, medseal_put_result* result,
                                                medseal_error* error);
MEDSEAL_API void medseal_upload_free(medseal_upload* upload);
/* Reads `length` bytes of a text or bytes field from `offset`, opening only the chunks that hold them; fewer at the value's end. */
MEDSEAL_API medseal_code medseal_read_value(medseal_session* session, const medseal_ref* ref, const char* field, uint64_t offset,
                                            size_t length, medseal_buffer** value, uint64_t* value_size, medseal_error* error);

/* ---- People -------------------------------------------------------------------------------------------------------- */

typedef enum medseal_person_kind { MEDSEAL_HUMAN = 0, MEDSEAL_SERVICE = 1 } medseal_person_kind;

typedef struct medseal_person_options {
  size_t size;
  const char* name;
  medseal_person_kind kind;
  medseal_bytes password;
  const char* const* classes; /* beside `directory`, which everyone holds */
  size_t class_count;
  const medseal_cost* cost;
  medseal_bytes key_file; /* instead of a password: 32 random bytes, which nobody else logs in with */
  const char* const* roles;
  size_t role_count;
  int only_check; /* 1: says whether the person could be added, and adds nobody */
  /* A PKCS#11 token that they log in with, which serves nobody else here; `password` is its PIN. A key is made on it that never leaves it and
   * decrypts (AES-256-GCM). A token that holds a vault's keyring is refused: its PIN is the host's. */
  const char* token;
} medseal_person_options;

/* What a password may be, here and wherever one is set: policy password_min_length characters or more; no plain row, nothing that repeats
 * itself or that guessers try first; without its person's name in it; not the person's own of now or before (policy password_history), as far as
 * they set it themselves. Nobody else's either: to have tried another person's counts as a failed login, is on record and alerts.
 *   PERMISSION_DENIED  only the founder adds persons, and whoever has a role that administers; or too many passwords were tried of late
 *   ALREADY_EXISTS     the name is, or once was, somebody's, or another person logs in with the password or key file;  NOT_FOUND  no such class or role
 *   INVALID_ARGUMENT   the password is not as above, which the message tells; the key file is not 32 bytes, or is text */
MEDSEAL_API medseal_code medseal_person_add(medseal_session* session, const medseal_person_options* options, medseal_error* error);
/* To read, write and search.
 *   PERMISSION_DENIED  the session does not hold the class itself, or may not do all that with it */
MEDSEAL_API medseal_code medseal_person_grant(medseal_session* session, const char* person, const char* class_name, medseal_error* error);
/* Takes a grant back, also from open sessions; what a role gives besides stays. A key that the person kept opens what was written before
 * until the class is rotated (medseal_rotate_class).
 *   INVALID_ARGUMENT   the founder keeps every class, so that it has a holder; or the person holds the class by a role alone
 *   PERMISSION_DENIED  neither the founder nor an administrator;  NOT_FOUND  no such person or class, or they do not hold it */
MEDSEAL_API medseal_code medseal_person_revoke(medseal_session* session, const char* person, const char* class_name, medseal_error* error);
/* Disabled: a login is answered as with a wrong password from now on, open sessions end, and the person signs and holds nothing. Enabled: as
 * before.
 *   INVALID_ARGUMENT   the founder stays;  ALREADY_EXISTS  they are so already;  NOT_FOUND  no such person
 *   PERMISSION_DENIED  neither the founder nor an administrator, who enables nobody that may more */
MEDSEAL_API medseal_code medseal_person_enable(medseal_session* session, const char* person, int enabled, medseal_error* error);
/* The name of before stays taken: nobody else ever has it.
 *   ALREADY_EXISTS  the name is, or once was, somebody else's, or is theirs now */
MEDSEAL_API medseal_code medseal_person_rename(medseal_session* session, const char* person, const char* name, medseal_error* error);

/* What a person may do. The first four and the last are about the values of a class, and need its key as well; the others about the whole vault. Keys
 * enforce which classes a person opens; the operations are enforced by the library's code. */
#define MEDSEAL_OP_READ 1u
#define MEDSEAL_OP_WRITE 2u /* and delete */
#define MEDSEAL_OP_SEARCH 4u
#define MEDSEAL_OP_EXPORT 8u
#define MEDSEAL_OP_ADMINISTER 16u /* persons and roles, giving nothing that one does not have */
#define MEDSEAL_OP_ERASE 32u
#define MEDSEAL_OP_AUDIT 64u /* holds the class `audit`, to read and search */
#define MEDSEAL_OP_BREAK_GLASS 128u /* on a class: holds its key, and reads after medseal_break_glass alone */
#define MEDSEAL_OP_READ_MASKED 256u /* on a class: sees masked values of fields that have a mask, nothing else of it, and searches nothing */

/* A named set of classes and of what may be done with each of them. */
typedef struct medseal_role {
  size_t size;
  const char* name;
  uint32_t operations; /* MEDSEAL_OP_... together */
  const char* const* classes;
  size_t class_count;
} medseal_role;

/* Defines the role, or one of that name anew: whoever has it holds the classes of now, and no others by it. The class is there at a person's
 * next login; what is taken is gone at once.
 *   PERMISSION_DENIED  neither the founder nor an administrator who may do all of it;  ALREADY_EXISTS  it is defined so already
 *   NOT_FOUND          no such class;  INVALID_ARGUMENT  a name that is not clean text, or an operation without a meaning */
MEDSEAL_API medseal_code medseal_role_define(medseal_session* session, const medseal_role* role, medseal_error* error);
/* Each may end as medseal_role_define; ALREADY_EXISTS: they have it;  NOT_FOUND: no such person or role, or they do not have it. What is
 * said of keys at medseal_person_revoke holds for a role that was taken too. */
MEDSEAL_API medseal_code medseal_role_give(medseal_session* session, const char* person, const char* role, medseal_error* error);
MEDSEAL_API medseal_code medseal_role_take(medseal_session* session, const char* person, const char* role, medseal_error* error);
/* Return 0 to go on; anything else ends the listing with CANCELLED. */
typedef int (*medseal_role_callback)(void* context, const medseal_role* role);
MEDSEAL_API medseal_code medseal_roles(medseal_session* session, medseal_role_callback callback, void* context, medseal_error* error);

/* Ends the lock-out of a person before its time, by the founder or a person who administers. NOT_FOUND: no person of that name. */
MEDSEAL_API medseal_code medseal_person_unlock(medseal_session* session, const char* person, medseal_error* error);

/* Other key pairs and another password for a person, by that person or by the founder, who may do it for somebody who lost theirs. Waits for
 * running calls of that person's sessions, which then answer CLOSED; `session` itself goes on. `cost` may be NULL. Copies of the store from
 * before still open with the old password and their keyring.
 *   PERMISSION_DENIED  neither that person nor the founder, or too many passwords were tried of late;  NOT_FOUND  no person of that name
 *   ALREADY_EXISTS, INVALID_ARGUMENT  as medseal_person_add says of passwords */
MEDSEAL_API medseal_code medseal_rotate_person(medseal_session* session, const char* person, medseal_bytes password, const medseal_cost* cost,
                                               medseal_error* error);

/* The same, to a key file. ALREADY_EXISTS: somebody logs in with it. */
MEDSEAL_API medseal_code medseal_rotate_person_to_key_file(medseal_session* session, const char* person, medseal_bytes key_file,
                                                           medseal_error* error);

/* The same, to a token as medseal_person_options.token. ALREADY_EXISTS: another person logs in with it;  WRONG_SECRET: it takes another PIN;
 * KEY_UNAVAILABLE: it is not there;  UNSUPPORTED: it does no AES-256-GCM with a key that it keeps. The key on a token that they had until now
 * stays there, since only its PIN takes it away, and opens copies of the store from before. */
MEDSEAL_API medseal_code medseal_rotate_person_to_token(medseal_session* session, const char* person, const char* token, medseal_bytes pin,
                                                        medseal_error* error);

/* A class that the person held. */
typedef struct medseal_rotated_class {
  size_t size;
  const char* name;
  medseal_code begun; /* OK; PERMISSION_DENIED: the session does not hold the class, rotate it with one that does; ALREADY_EXISTS: it was being
                       * rotated, and the new key was sealed to the old keys: finish that job, then rotate the class again */
  uint32_t job;       /* 0 where none was begun */
} medseal_rotated_class;
typedef void (*medseal_rotated_class_callback)(void* context, const medseal_rotated_class* rotated);

/* The same for a person whose secret others know: then the rotation of every class that they held is begun (only the founder may), and
 * each ends in an epoch change of all buckets that they share; where none was begun, the epoch change is. What is left are jobs
 * (medseal_jobs): step them to their ends, class rotations first. `callback` (may be NULL) is told of every class. */
MEDSEAL_API medseal_code medseal_rotate_person_compromised(medseal_session* session, const char* person, medseal_bytes password,
                                                           const medseal_cost* cost, medseal_rotated_class_callback callback,
                                                           void* context, medseal_error* error);

/* The secrets of the session's own person. Of each pair one is given. */
typedef struct medseal_secret_change_options {
  size_t size;
  medseal_bytes password; /* until now */
  medseal_bytes key_file;
  medseal_bytes new_password;
  medseal_bytes new_key_file;
  const medseal_cost* cost; /* of the new password; may be NULL */
  const char* token;        /* that they log in with until now; `password` is its PIN */
  const char* new_token;    /* from now on; `new_password` is its PIN. It may be the same one, on which another key is made */
} medseal_secret_change_options;

/* The session's own person gives themselves another secret and proves the one until now: who finds a session open does not know it. Other keys
 * come with it, as at medseal_rotate_person. A person may do so as often as policy login_attempts says within lockout_minutes.
 *   WRONG_SECRET      the secret until now is not the one; counts as a failed login
 *   ALREADY_EXISTS, INVALID_ARGUMENT, PERMISSION_DENIED  as medseal_person_add says of passwords and key files */
MEDSEAL_API medseal_code medseal_secret_change(medseal_session* session, const medseal_secret_change_options* options,
                                               medseal_error* error);

typedef struct medseal_person_info {
  size_t size;
  const char* name;
  medseal_person_kind kind;
  int founder;
  const char* const* classes;
  size_t class_count;
  const uint32_t* class_operations; /* MEDSEAL_OP_... together, of each class */
  const char* const* roles;
  size_t role_count;
  uint32_t operations; /* over the vault */
  int disabled;        /* 1: `classes` are those they will hold once enabled, and they may do nothing */
  int logins_told;     /* 1: the session's own person asks, or one who administers or audits; else the next two are 0 */
  uint32_t failed_logins;   /* in a row, as far as they count still */
  uint64_t locked_until_ms; /* UTC; 0: not locked out. Until then every login is answered as with a wrong password */
} medseal_person_info;
/* Return 0 to go on; anything else ends the listing with CANCELLED. */
typedef int (*medseal_person_callback)(void* context, const medseal_person_info* info);
MEDSEAL_API medseal_code medseal_persons(medseal_session* session, medseal_person_callback callback, void* context,
                                         medseal_error* error);

/* ---- Policy -------------------------------------------------------------------------------------------------------- */

typedef enum medseal_weaker { MEDSEAL_WEAKER_HIGHER = 1, MEDSEAL_WEAKER_LOWER = 2 } medseal_weaker;

/* A setting that binds everybody. Texts are good during the callback. */
typedef struct medseal_policy_info {
  size_t size;
  const char* name;
  uint64_t value;
  uint64_t initial; /* until somebody set it */
  uint64_t least, most;
  medseal_weaker weaker; /* which way the vault becomes weaker */
  const char* help;
} medseal_policy_info;
/* Return 0 to go on; anything else ends the listing with CANCELLED. */
typedef int (*medseal_policy_callback)(void* context, const medseal_policy_info* info);
MEDSEAL_API medseal_code medseal_policies(medseal_session* session, medseal_policy_callback callback, void* context,
                                          medseal_error* error);
/* By the founder; a change that makes the vault weaker takes several persons (medseal_approvals).
 *   NOT_FOUND  no such setting;  INVALID_ARGUMENT  out of its range;  ALREADY_EXISTS  it has that value
 *   PERMISSION_DENIED  not the founder, or no second person */
MEDSEAL_API medseal_code medseal_policy_set(medseal_session* session, const char* name, uint64_t value, medseal_error* error);

/* ---- Schema -------------------------------------------------------------------------------------------------------- */

/* Whether records kept under `current` stay protected and readable under `next`: INVALID_ARGUMENT with file:line if not. Needs no vault. */
MEDSEAL_API medseal_code medseal_schema_check(const medseal_schema* current, const medseal_schema* next, medseal_error* error);
/* Makes `schema` the vault's newest. PERMISSION_DENIED unless the founder's session. `version` may be NULL. */
MEDSEAL_API medseal_code medseal_schema_load(medseal_session* session, const medseal_schema* schema, uint32_t* version,
                                             medseal_error* error);
/* The newest schema, readable. */
MEDSEAL_API medseal_code medseal_schema_show(medseal_session* session, medseal_buffer** text, medseal_error* error);

/* ---- Recovery ------------------------------------------------------------------------------------------------------- */

/* For the loss of every password: custodians keep shares, so many of which open the founder's keys, which open every class. They replace
 * passwords, not a lost keyring, and bring back nobody who was erased. */

/* One share to be kept: a text of a few lines, zero bytes nowhere in it. Return 0 once it is safe; anything else ends the call with CANCELLED. */
typedef int (*medseal_share_callback)(void* context, uint32_t number, medseal_bytes text);

typedef struct medseal_recovery_setup_options {
  size_t size;
  uint32_t shares;    /* at most 16; 0: 5 */
  uint32_t threshold; /* so many open the founder's keys, at least 2; 0: 3 */
  medseal_share_callback on_share;
  void* context;
} medseal_recovery_setup_options;

/* Names new custodians, after on_share took every share; those of a set before open nothing in this store any more. Copies of the store from
 * before still open with them and their keyring.
 *   PERMISSION_DENIED  only the founder may;  CANCELLED  a share was not taken: nothing was changed
 *   CONFLICT           somebody else named custodians meanwhile */
MEDSEAL_API medseal_code medseal_recovery_setup(medseal_session* session, const medseal_recovery_setup_options* options,
                                                medseal_error* error);

typedef enum medseal_share_fault {
  MEDSEAL_SHARE_DAMAGED = 1,       /* no share's text, or mistyped */
  MEDSEAL_SHARE_LATER_VERSION = 2, /* made by a later medseal */
  MEDSEAL_SHARE_OTHER_STORE = 3,
  MEDSEAL_SHARE_OTHER_SET = 4,     /* than the newest, which alone counts */
  MEDSEAL_SHARE_CHANGED = 5,       /* it reads well, but is not the one that was handed out */
  MEDSEAL_SHARE_DOUBLED = 6        /* given before */
} medseal_share_fault;
/* Share `index` of those given is not counted; `why` is a sentence. */
typedef void (*medseal_bad_share_callback)(void* context, size_t index, medseal_share_fault fault, const char* why);

typedef struct medseal_recovery_options {
  size_t size;
  const medseal_bytes* shares; /* texts */
  size_t share_count;
  medseal_bad_share_callback on_bad_share; /* may be NULL */
  void* context;
  medseal_bytes password;      /* medseal_recovery_open: the founder's new one */
  const medseal_cost* cost;
} medseal_recovery_options;

typedef struct medseal_recovery_info {
  size_t size;
  uint32_t set;       /* the newest, from 1; 0: there are no custodians */
  uint32_t threshold;
  uint32_t shares;    /* of the set */
  uint32_t good;      /* of those given */
  uint64_t class_keys;         /* that the founder's keys open, of those the chain of statements names */
  uint64_t class_keys_missing; /* that they do not */
  char founder[68];   /* name; empty until the keys are open */
} medseal_recovery_info;

/* The newest custodians: set, threshold and shares; all 0 if there are none. */
MEDSEAL_API medseal_code medseal_recovery_status(medseal_vault* vault, medseal_recovery_info* info, medseal_error* error);

/* Whether these shares open the founder's keys and every class key; changes nothing, needs no session. Bad shares are told and not counted;
 * `info` (may be NULL) says what was seen whatever ends the call.
 *   NOT_FOUND         there are no custodians
 *   INVALID_ARGUMENT  too few good shares: the message says how many are missing
 *   AUTH_FAILED       what is sealed to the custodians, or to the founder, was changed or taken away */
MEDSEAL_API medseal_code medseal_recovery_drill(medseal_vault* vault, const medseal_recovery_options* options, medseal_recovery_info* info,
                                                medseal_error* error);
/* The same, then another password for the founder over the same keys. Class keys that do not open are counted and no reason to stop. The shares
 * were together now: rotate the founder (medseal_rotate_person), then set up new ones. */
MEDSEAL_API medseal_code medseal_recovery_open(medseal_vault* vault, const medseal_recovery_options* options, medseal_recovery_info* info,
                                               medseal_error* error);

/* ---- Import, verify, thief ----------------------------------------------------------------------------------------- */

typedef enum medseal_source { MEDSEAL_FHIR = 0, MEDSEAL_HL7V2 = 1 } medseal_source;

typedef struct medseal_progress {
  size_t size;
  uint64_t done;     /* bytes or rows, as the call says */
  uint64_t in_all;   /* 0: not known */
  uint64_t records;
} medseal_progress;
/* Return 0 to go on; anything else ends the call with CANCELLED. */
typedef int (*medseal_progress_callback)(void* context, const medseal_progress* progress);
/* A line, entry or segment that was not taken. `line` is 0 when the whole file is meant. */
typedef void (*medseal_reject_callback)(void* context, const char* file, uint64_t line, const char* segment, const char* why);

typedef struct medseal_import_options {
  size_t size;
  medseal_source source;
  const char* const* files;
  size_t file_count;
  const char* lab;                      /* value of the public field `lab`; may be NULL */
  medseal_progress_callback on_progress; /* in bytes; may be NULL */
  medseal_reject_callback on_reject;     /* may be NULL */
  void* context;
} medseal_import_options;

#define MEDSEAL_CLASSES_MAX 16
typedef struct medseal_import_report {
  size_t size;
  uint64_t read;        /* records found in the files */
  uint64_t written;
  uint64_t unchanged;   /* were there already, as they are: an import that was interrupted goes on where it stopped */
  uint64_t rejected;
  uint64_t patients;    /* new ones */
  size_t class_count;
  struct {
    char name[64];
    uint64_t fields;    /* field values sealed under this class */
  } classes[MEDSEAL_CLASSES_MAX];
} medseal_import_report;

/* Reads files into records. Rejected lines are counted and the rest goes on: the call then answers OK. A session that does not hold
 * `source` cannot import (PERMISSION_DENIED). `report` says what was done whatever ends the call. */
MEDSEAL_API medseal_code medseal_import(medseal_session* session, const medseal_import_options* options, medseal_import_report* report,
                                        medseal_error* error);

/* Rotation of a class key: a new version, then every key row rewrapped under it while readers and writers go on. The bytes of fields
 * stay as they are. The job's last batch begins an epoch change of all buckets, or joins one that no step has worked on yet, so that several
 * rotations share it: a job of its own (medseal_jobs). Only then do copies of the disk from before open for nobody.
 *
 * Adds the new version, sealed to everyone who holds the class but `revoked`, who lose it at once, and begins the job.
 *   PERMISSION_DENIED  only the founder may;  NOT_FOUND  no such class, or one of `revoked` does not hold it
 *   INVALID_ARGUMENT   one of `revoked` holds it by a role: take the role first
 *   ALREADY_EXISTS     the class is being rotated: finish that job first */
MEDSEAL_API medseal_code medseal_rotate_class(medseal_session* session, const char* class_name, const char* const* revoked,
                                              size_t revoked_count, uint32_t* job, medseal_error* error);

/* Reseal of a class: new data keys, and every field of the class in every version of every record sealed anew under them, large values
 * too. It is for keys that may have been copied while they were open. Records, versions and dates stay as they are, readers and writers
 * go on. The previous data keys are dropped when nothing is under them any more and no registered backup needs them.
 *
 * Begins the job. Results whose class the rules give are sealed anew together, or two copies of the disk would tell which are of the
 * class: a session that lacks a class of theirs gets PERMISSION_DENIED from medseal_job_step, and one that holds them all goes on.
 *   PERMISSION_DENIED  the session does not hold the class;  NOT_FOUND  no such class
 *   ALREADY_EXISTS     the class's previous data keys are not dropped yet: finish its reseal first */
MEDSEAL_API medseal_code medseal_reseal_class(medseal_session* session, const char* class_name, uint32_t* job, medseal_error* error);

/* Change of suite: everything that is stored comes under `suite` while readers and writers go on. The job seals every version of every
 * record anew, then the index, then, by an epoch change of all buckets, every key and row of the vault's own; at last it looks at
 * everything with the new suite alone and is done when nothing is left. Data keys, versions and dates stay as they are. Both suites open
 * what the vault has, for good: a backup from before can be restored, which takes the job to its beginning again.
 *
 * Not the job's: what only a person's password opens comes under the suite at their next login, and a copy of the provider keeps its
 * suite (medseal_status counts the one and tells the other). For the epoch change two backup places are needed.
 *
 * States that the suite is the store's from now on and begins the job, which takes a session that holds every class.
 *   SUITE_UNAVAILABLE  this machine cannot do it: nothing was changed
 *   PERMISSION_DENIED  only the founder may, with a session that holds every class
 *   ALREADY_EXISTS     the store is under that suite, or another change of it is under way */
MEDSEAL_API medseal_code medseal_reseal_suite(medseal_session* session, medseal_suite suite, uint32_t* job, medseal_error* error);

/* Rotation of the key of a field's index: a new key, then every posting and header under it while readers and writers go on. `type` and
 * `field` as the schema names them. What was searched by the old key is found all along; whoever knew that key alone can tell
 * nothing of later values. Groups, versions and history stay as they are. The job takes a session of somebody who holds the field's
 * class.
 *   NOT_FOUND  the schema has no such type or field;  INVALID_ARGUMENT  the field cannot be searched
 *   PERMISSION_DENIED  the session does not hold the field's class
 *   ALREADY_EXISTS     the index is being rotated: finish that job first */
MEDSEAL_API medseal_code medseal_rotate_index(medseal_session* session, const char* type, const char* field, uint32_t* job,
                                              medseal_error* error);

/* Builds the index of sealed values anew under a new key of the store's own, by the host alone, while readers and writers go on; then
 * deletes the old one with what was left in it of values that are gone. Making a patient may wait for a batch of it. Search tokens
 * from before are dead only with the next epoch change after it: until then the old key opens from copies of the disk.
 *   ALREADY_EXISTS  one is under way: finish that job first */
MEDSEAL_API medseal_code medseal_index_re_epoch(medseal_vault* vault, uint32_t* job, medseal_error* error);

/* Long work is a job: it is remembered in the vault and goes on after a pause, a death or a power cut. */
typedef enum medseal_job_kind {
  MEDSEAL_JOB_CLASS_ROTATION = 1, /* subject: the class; target: the version that key rows are brought to */
  MEDSEAL_JOB_EPOCH_CHANGE = 2,   /* subject: "erased" or "all"; target: the new epoch */
  MEDSEAL_JOB_RESEAL = 3,         /* subject: the class; target: 0 */
  MEDSEAL_JOB_INDEX_ROTATION = 4, /* subject: TYPE.FIELD; target: generation of its key */
  MEDSEAL_JOB_INDEX_RE_EPOCH = 5, /* subject: ""; target: generation of the posting key */
  MEDSEAL_JOB_SUITE_CHANGE = 8    /* subject: "chacha20" or "aes256gcm"; target: the epoch that keys have to come to */
} medseal_job_kind;

typedef enum medseal_job_state {
  MEDSEAL_JOB_RUNNING = 1,
  MEDSEAL_JOB_PAUSED = 2,
  MEDSEAL_JOB_PASSED = 3, /* its own work is done; what it left behind dies with the next epoch change of all buckets */
  MEDSEAL_JOB_DONE = 4
} medseal_job_state;

typedef struct medseal_job_info {
  size_t size;
  uint32_t number;
  medseal_job_kind kind;
  medseal_job_state state;
  char subject[64];
  uint32_t target;
  uint32_t pass;    /* over all patients, from 1; the last finds nothing. Of an epoch change the step it is at, 3 to 9; of an index
                     * re-epoch 1 while it builds, 2 while it deletes; of a change of suite 1 rows, 2 index, 3 epoch change, 4 and 5 the
                     * look for what is left */
  uint64_t seen;    /* patients looked at, in all passes */
  uint64_t changed; /* patients changed, in all passes */
  uint64_t started_ms;
  uint64_t moved_ms; /* of the newest step */
} medseal_job_info;

typedef struct medseal_job_options {
  size_t size;
  uint64_t rows_per_second; /* patients, at most; 0: as fast as it goes */
  uint64_t time_budget_ms;  /* return with progress after this long; 0: run to the end */
  medseal_progress_callback on_progress; /* after each batch: patients looked at in this pass, of about so many */
  void* context;
} medseal_job_options;

/* Works on a job until it is done or `options` (may be NULL) end it: then OK, and `info` says how far it came. One step works at a time.
 * `session` may be NULL for what the host does by itself: epoch change and index re-epoch.
 *   NOT_FOUND  no such job;  UNSUPPORTED  it is paused;  PERMISSION_DENIED  this session may not work on it, or it takes one
 *   KEY_UNAVAILABLE  an epoch change or a reseal waits for what the message names; a later step goes on
 *   CANCELLED  on_progress ended it; what was done stays done
 *   AUTH_FAILED  a row does not open: medseal_verify says which; the job stays where it is
 *   ALREADY_EXISTS  a rotation of an index: two values of a unique field have become the same, since the rules by which text is folded
 *                   have changed; change one of them, then a later step goes on */
MEDSEAL_API medseal_code medseal_job_step(medseal_vault* vault, medseal_session* session, uint32_t job, const medseal_job_options* options,
                                          medseal_job_info* info, medseal_error* error);
/* Waits for a running step. NOT_FOUND, PERMISSION_DENIED as medseal_job_step; UNSUPPORTED when there is nothing left to do. */
MEDSEAL_API medseal_code medseal_job_pause(medseal_vault* vault, medseal_session* session, uint32_t job, medseal_error* error);
MEDSEAL_API medseal_code medseal_job_resume(medseal_vault* vault, medseal_session* session, uint32_t job, medseal_error* error);
/* Return 0 to go on; anything else ends the listing with CANCELLED. */
typedef int (*medseal_job_callback)(void* context, const medseal_job_info* info);
MEDSEAL_API medseal_code medseal_jobs(medseal_vault* vault, medseal_job_callback callback, void* context, medseal_error* error);

/* How far a job has come, without what it is about: as the process that has the vault open last wrote it into a file in its folder. */
typedef struct medseal_job_glimpse {
  size_t size;
  uint32_t number;
  medseal_job_kind kind;
  medseal_job_state state;
  uint32_t pass;       /* as in medseal_job_info */
  uint64_t done;       /* patients behind it in this pass, */
  uint64_t in_all;     /* of about so many */
  uint64_t per_second; /* patients, since the step began; 0: no step was working when this was written */
  uint64_t started_ms;
  uint64_t written_ms; /* while a step works not much more than a second ago, unless one batch takes longer */
} medseal_job_glimpse;

/* The job that another process worked on last, with no key and no lock. Nothing vouches for it but that its writer could write to the
 * vault's folder: show it to people, decide nothing by it. `store` as for medseal_open.
 *   NO_VAULT   there is none;  NOT_FOUND  no job was worked on since that process opened the vault
 *   STALE      no process has the vault open: open it, and ask medseal_jobs
 *   CORRUPT, UNSUPPORTED_VERSION  what is there is damaged, or another's */
MEDSEAL_API medseal_code medseal_job_peek(const char* store, medseal_job_glimpse* glimpse, medseal_error* error);

/* ---- Retention ----------------------------------------------------------------------------------------------------- */

/* Records go by the retention of their type, values by that of their class (schema), counted from when the record was last written: never
 * before the date that the schema promised then. Patients under a legal hold or a restriction are passed over. */

typedef enum medseal_clock {
  MEDSEAL_CLOCK_BELIEVED = 0,
  MEDSEAL_CLOCK_BEHIND = 1, /* more than 10 minutes before the newest record, or what the vault knew */
  MEDSEAL_CLOCK_AHEAD = 2,  /* more than 31 days after what the vault knew; it follows the clock at each login, so far and no further */
  MEDSEAL_CLOCK_UNKNOWN = 3 /* the vault's known time is gone */
} medseal_clock;

/* A record that goes, or (class_count > 0) the classes whose values it loses. */
typedef struct medseal_retention_item {
  size_t size;
  uint8_t record_handle[MEDSEAL_RECORD_HANDLE_SIZE];
  const char* type;
  uint64_t end_ms; /* when it had its time */
  const char* const* classes;
  size_t class_count;
} medseal_retention_item;
typedef void (*medseal_retention_item_callback)(void* context, const medseal_retention_item* item);

/* Of one record type. */
typedef struct medseal_retention_type {
  size_t size;
  const char* type;
  uint64_t records;     /* that there are */
  uint64_t expired;     /* that go whole */
  uint64_t clearing;    /* that lose values of a class and stay */
  uint64_t earliest_ms; /* when the first and the last of them had their time; 0: none */
  uint64_t latest_ms;
} medseal_retention_type;
typedef void (*medseal_retention_type_callback)(void* context, const medseal_retention_type* type);

typedef struct medseal_retention_options {
  size_t size;
  int run;           /* 0: a plan, that says what would go and touches nothing; 1: let it go */
  const char* type;  /* of a plan; NULL: all */
  uint64_t until_ms; /* of a plan: as if it were then; 0: now */
  uint32_t share;    /* per cent of all records that a run may touch. 0: 5, or with a second person whatever the plan says */
  medseal_progress_callback on_progress;   /* patients; `records`: that went so far. May be NULL, as the next two */
  medseal_retention_type_callback on_type; /* after the plan */
  medseal_retention_item_callback on_item; /* of a plan */
  void* context;
} medseal_retention_options;

typedef struct medseal_retention_report {
  size_t size;
  uint64_t now_ms;
  medseal_clock clock;
  uint64_t records;
  uint64_t expired;
  uint64_t clearing;
  uint64_t patients;   /* that expired and clearing are of */
  uint64_t held;       /* records that would go but for a legal hold */
  uint64_t restricted; /* or a restriction */
  uint64_t deleted;    /* by this run, with history and large values */
  uint64_t cleared;
} medseal_retention_report;

/* By the founder or a person who may work with every class; takes no class key. A run that was stopped or killed goes on when it is repeated.
 * `options` (a plan of all types if NULL) and `report` may be NULL; the report says how far the call came whatever ends it.
 *   PERMISSION_DENIED  not that person; or the clock is not believed, or more than `share` would go, and no second person has joined
 *                      (medseal_session_join), or above 5 per cent on one person's word alone: nothing was deleted
 *   AUTH_FAILED        a patient's rows do not add up: medseal_verify says whose
 *   CANCELLED          on_progress ended it; what went is gone */
MEDSEAL_API medseal_code medseal_retention(medseal_session* session, const medseal_retention_options* options, medseal_retention_report* report,
                                           medseal_error* error);

/* ---- Erasure ------------------------------------------------------------------------------------------------------- */

typedef enum medseal_erasure_state {
  MEDSEAL_ERASURE_WITHDRAWN = 1, /* nothing of the patient is in the live store; copies of before still open */
  MEDSEAL_ERASURE_DEAD = 2       /* the epoch secret that copies of before need is destroyed */
} medseal_erasure_state;

typedef struct medseal_erasure_info {
  size_t size;
  uint8_t patient_handle[MEDSEAL_PATIENT_HANDLE_SIZE];
  uint8_t certificate_number[16];
  medseal_erasure_state state;
  uint64_t withdrawn_ms;
  uint64_t dead_ms;    /* 0: not yet */
  uint64_t rows;       /* deleted: records, history, chunks, head, key rows */
  uint64_t bytes;      /* of their keys and values */
  uint32_t postings;   /* overwritten with filler */
  uint32_t unreadable; /* rows that did not open, whose postings could not be named */
  uint32_t job;        /* the epoch change that was joined; 0: not asked for now */
} medseal_erasure_info;

/* Withdraws a patient (`ref.type` and `ref.record` are not read): everything of theirs leaves the live store in one synced batch, keys in
 * memory are let go of, and an epoch change is joined or begun, which medseal_job_step carries out. Once it has answered for every copy of
 * the provider and two backup places, the patient is dead: no copy from before opens them. `reason` has 1 to 4096 bytes of UTF-8. Asked
 * again it answers what it answered before. The external id is free again.
 *   NOT_FOUND  no such patient; one who was erased is known by handle alone
 *   PERMISSION_DENIED  only the founder erases, and whoever has a role that erases, and nobody who is under a legal hold */
MEDSEAL_API medseal_code medseal_erase(medseal_session* session, const medseal_ref* ref, const char* reason, medseal_erasure_info* info,
                                       medseal_error* error);
/* One patient of many: `info` is NULL where `code` is not OK, and `why` the message. Return 0 to go on. */
typedef int (*medseal_erased_callback)(void* context, size_t index, medseal_code code, const medseal_erasure_info* info, const char* why);
/* The same of several patients, who are one action where that takes several persons: approved together or not at all. One who cannot be erased
 * keeps nobody else from it. OK: each was tried, and the callback (may be NULL) told what became of them.
 *   PERMISSION_DENIED  none was tried;  RESOURCE_EXHAUSTED  they are more than 65 536;  CANCELLED  the callback ended it */
MEDSEAL_API medseal_code medseal_erase_many(medseal_session* session, const medseal_ref* refs, size_t count, const char* reason,
                                            medseal_erased_callback callback, void* context, medseal_error* error);
/* The erasure with this number, of 16 bytes. NOT_FOUND. */
MEDSEAL_API medseal_code medseal_erasure_find(medseal_vault* vault, const uint8_t* certificate_number, medseal_erasure_info* info,
                                              medseal_error* error);
/* The certificate of an erasure as things stand now: JSON, signed (FORMAT.md, "Certificate"). It never says more than was observed.
 *   NOT_FOUND  the patient was not erased */
MEDSEAL_API medseal_code medseal_certificate(medseal_vault* vault, const uint8_t* patient_handle, medseal_buffer** certificate,
                                             medseal_error* error);

typedef struct medseal_certificate_info {
  size_t size;
  int dead;                /* 0: withdrawn only */
  int complete;            /* dead, purged, every backup place reached */
  uint8_t founder_key[32]; /* whoever verifies compares it with the one they know */
} medseal_certificate_info;

/* Without a vault. `founder_key`: 32 bytes that have to stand behind it, or NULL: then compare info->founder_key.
 *   CORRUPT  it is no certificate;  UNSUPPORTED_VERSION;  AUTH_FAILED  a byte was changed, or another founder stands behind it */
MEDSEAL_API medseal_code medseal_certificate_verify(medseal_bytes certificate, const uint8_t* founder_key, medseal_certificate_info* info,
                                                    medseal_error* error);

/* Begins an epoch change of all buckets, which ends what class rotations left behind and follows a compromised provider; or widens one
 * that has not begun. By the host alone; medseal_job_step with no session carries it out. */
MEDSEAL_API medseal_code medseal_epoch_change(medseal_vault* vault, uint32_t* job, medseal_error* error);

typedef struct medseal_purge_options {
  size_t size;
  uint64_t patience_ms;                  /* wait so long for readers of older states; 0: a minute */
  medseal_progress_callback on_progress; /* done: ms waited; records: how many hold it up */
  void* context;
} medseal_purge_options;

typedef struct medseal_purge_report {
  size_t size;
  int complete; /* 0: readers of older states held it up, and deleted rows are in the files still */
  uint64_t snapshots_held;
  uint64_t cursors_held;
  uint64_t oldest_held_ms;
  uint64_t waited_ms;
  uint64_t files_before;
  uint64_t files_after;
  uint64_t bytes_before;
  uint64_t bytes_after;
} medseal_purge_report;

/* Rewrites the store's files without what was deleted or replaced. Readers and writers go on. `options` and `report` may be NULL.
 *   CANCELLED  on_progress said so */
MEDSEAL_API medseal_code medseal_purge(medseal_vault* vault, const medseal_purge_options* options, medseal_purge_report* report,
                                       medseal_error* error);

typedef struct medseal_verify_report {
  size_t size;
  uint64_t patients;
  uint64_t records;   /* newest versions */
  uint64_t history;   /* replaced versions */
  uint64_t chunks;
  uint64_t groups_opened; /* under classes the session holds */
  uint64_t groups_held_back; /* under classes it does not: their place and size were checked, not their content */
  uint64_t problems;
} medseal_verify_report;
/* `what` says what is wrong with which kind of row; `patient_handle` may be NULL. */
typedef void (*medseal_problem_callback)(void* context, const char* what, const uint8_t* patient_handle);

/* Reads everything: key rows, heads, headers, postings, streams, and every group the session can open (`session` may be NULL: then none).
 * Problems are counted; the call answers OK when it could look everywhere, AUTH_FAILED when it found any. `report` says what was seen
 * whatever ends the call. */
MEDSEAL_API medseal_code medseal_verify(medseal_vault* vault, medseal_session* session, medseal_progress_callback on_progress,
                                        medseal_problem_callback on_problem, void* context, medseal_verify_report* report,
                                        medseal_error* error);

typedef struct medseal_thief_options {
  size_t size;
  const char* store;
  const char* keyring_path;    /* or URI; NULL: none was found */
  const char* passphrase_path; /* files that may lie on the same device; NULL: none */
  const char* password_path;
  const char* person;          /* whose password file it is */
} medseal_thief_options;

/* One line of what a thief sees. `what` is a stable word ("rows", "file", "keyring", "opens", ...), `detail` a sentence. */
typedef void (*medseal_thief_callback)(void* context, const char* what, const char* name, uint64_t count, uint64_t bytes,
                                       const char* detail);

/* What the device shows to someone without anybody's password: rows and sizes of each table, and what key, passphrase and password
 * files lying on the same device would open. `opens_values`: 1 if they suffice to read some person's fields. */
MEDSEAL_API medseal_code medseal_thief(const medseal_thief_options* options, medseal_thief_callback callback, void* context,
                                       int* opens_values, medseal_error* error);

typedef enum medseal_severity {
  MEDSEAL_NOTE = 0,   /* to know */
  MEDSEAL_YELLOW = 1, /* look at it */
  MEDSEAL_RED = 2     /* not safe as it is */
} medseal_severity;

typedef struct medseal_finding {
  size_t size;
  medseal_severity severity;
  const char* code;   /* a stable word: "provider_copies_few", "core_dumps", "break_glass_overdue", ... */
  const char* text;
  const char* advice; /* what to do; empty: nothing */
} medseal_finding;
/* Return 0 to go on; anything else ends the listing with CANCELLED. Texts are good during the callback. */
typedef int (*medseal_finding_callback)(void* context, const medseal_finding* finding);

typedef struct medseal_doctor_options {
  size_t size;
  const char* passphrase_path; /* files that may lie on the store's device; NULL: none */
  const char* password_path;
} medseal_doctor_options;

/* Everything about the vault and this process that is not safe: keys that are overdue, copies and backups that are few or stale, memory
 * that can leave the process, accounts nobody uses. Nothing found is no call of the callback. `session` may be NULL: without one whose
 * person may audit, nothing is said of how accounts are used. `options` and `worst` may be NULL. What cannot be examined is red. */
MEDSEAL_API medseal_code medseal_doctor(medseal_vault* vault, medseal_session* session, const medseal_doctor_options* options,
                                        medseal_finding_callback callback, void* context, medseal_severity* worst,
                                        medseal_error* error);

/* ---- Backups ------------------------------------------------------------------------------------------------------- */

/* A backup place is a folder off this disk that was registered: with backups of our own and a bundle, or with a bundle beside copies that
 * another tool makes. A bundle is what a restore needs beside old data: people, keys, the ledger of what was erased and deleted. Any newest
 * bundle serves the data of any backup. None of these calls takes a session. */
typedef enum medseal_place_kind {
  MEDSEAL_PLACE_BACKUPS = 1,
  MEDSEAL_PLACE_COPIES = 2
} medseal_place_kind;

/* The folder is made if there is none, else it has to be empty or a place of this store. ALREADY_EXISTS: it is registered. */
MEDSEAL_API medseal_code medseal_backup_register(medseal_vault* vault, const char* path, medseal_place_kind kind, medseal_error* error);
/* What lies there stays. NOT_FOUND. */
MEDSEAL_API medseal_code medseal_backup_forget(medseal_vault* vault, const char* path, medseal_error* error);

/* Text lives during the callback. */
typedef struct medseal_place_info {
  size_t size;
  const char* path;
  medseal_place_kind kind;
  medseal_code reached; /* OK, or why it could not be looked at */
  medseal_code bundle;  /* OK; NOT_FOUND; KEY_UNAVAILABLE: the provider lacks its epoch; AUTH_FAILED, CORRUPT: it was changed */
  uint64_t bundle_number;
  uint32_t bundle_epoch;
  uint64_t bundle_made_ms;
} medseal_place_info;

typedef struct medseal_backup_info {
  size_t size;
  const char* place;
  uint32_t number;  /* 0: the place's bundle, or a backup that was not made */
  medseal_code state; /* OK, or what is wrong with it */
  uint64_t made_s;  /* seconds since 1970 */
  uint64_t bytes;   /* of all its files, with those that it shares */
  uint32_t files;
  uint32_t epoch;   /* that its own keys are under */
  uint32_t schema_version;
  uint64_t statements;
  uint64_t commits;
  int own_keys;     /* the provider has that epoch still; if not, it needs the bundle, as every restore does */
  uint64_t bundle;  /* of medseal_backup_create: the place's new bundle; 0: it has none */
} medseal_backup_info;

/* Return 0 to go on; anything else ends the call with CANCELLED. */
typedef int (*medseal_place_callback)(void* context, const medseal_place_info* info);
typedef int (*medseal_backup_callback)(void* context, const medseal_backup_info* info);

/* Makes a backup in every registered place of the first kind, or in `place` alone (may be NULL), while readers and writers go on; then
 * renews the bundles. Progress is in bytes. `on_backup` is told of each place that was tried, at the end.
 *   NOT_FOUND        no such place is registered;  CONFLICT  the epoch is changing: finish that job first
 *   KEY_UNAVAILABLE  a place cannot be reached; the others have their backup
 *   LOCKED           a purge or another backup is under way;  RESOURCE_EXHAUSTED  a medium is full */
MEDSEAL_API medseal_code medseal_backup_create(medseal_vault* vault, const char* place, medseal_progress_callback on_progress,
                                               medseal_backup_callback on_backup, void* context, medseal_error* error);
/* Each place, then its backups, oldest first. NOT_FOUND. */
MEDSEAL_API medseal_code medseal_backup_list(medseal_vault* vault, const char* place, medseal_place_callback on_place,
                                             medseal_backup_callback on_backup, void* context, medseal_error* error);
/* Reads every file of backup `number` (0: of all) and of the bundle. `on_backup` is told each outcome; the call answers the first failure. */
MEDSEAL_API medseal_code medseal_backup_verify(medseal_vault* vault, const char* place, uint32_t number, medseal_backup_callback on_backup,
                                               void* context, medseal_error* error);
/* Removes backups: all but the newest `keep`, or those made before `made_before_s` (seconds since 1970) but never the newest. One of the
 * two is 0. `removed` may be NULL. NOT_FOUND. */
MEDSEAL_API medseal_code medseal_backup_prune(medseal_vault* vault, const char* place, uint32_t keep, uint64_t made_before_s,
                                              uint64_t* removed, medseal_error* error);
/* Writes a bundle into a new or empty folder, for carrying away. CONFLICT as medseal_backup_create. */
MEDSEAL_API medseal_code medseal_backup_bundle(medseal_vault* vault, const char* folder, medseal_error* error);
/* Runs `work` while the files of the store stand still, so that any tool may copy the store's directory; then renews the bundles. Writers
 * wait, so the time has a bound: after `longest_ms` the store goes on, `intact` is 0, and what was copied is no copy. `work` may not write.
 *   LOCKED  a purge or a backup is under way;  CONFLICT as medseal_backup_create */
MEDSEAL_API medseal_code medseal_backup_freeze(medseal_vault* vault, uint64_t longest_ms, void (*work)(void* context), void* context,
                                               int* intact, medseal_error* error);

typedef struct medseal_restore_options {
  size_t size;
  const char* from;   /* a backup place, or a copy of a store's directory that another tool made */
  uint32_t backup;    /* of the place; 0: the newest */
  const char* bundle; /* a bundle's folder, or a place that has one; NULL: the place's own */
  const char* store;  /* the directory to be made; of a drill: where the scratch directory is made, NULL for the system's place */
  const medseal_keyring* keyring;
  uint64_t sample;    /* of a drill: patients to open; 0: all */
  medseal_progress_callback on_progress; /* in patients; may be NULL */
  void* context;
} medseal_restore_options;

/* The copy of the log of accesses that a backup place has. */
typedef enum medseal_restored_log {
  MEDSEAL_LOG_FITS = 0,    /* what was signed and anchored: the log goes on from there */
  MEDSEAL_LOG_MISSING = 1, /* a new log begins */
  MEDSEAL_LOG_DAMAGED = 2, /* set aside as audit.damaged in the store's folder; a new log begins */
  MEDSEAL_LOG_FORKED = 3   /* whole, but not what was signed or anchored: somebody changed it */
} medseal_restored_log;

typedef struct medseal_restore_report {
  size_t size;
  uint32_t backup;          /* number; 0: a copy */
  uint64_t bundle;          /* number */
  uint32_t epoch;           /* of the bundle */
  uint64_t bundle_made_ms;
  uint64_t patients;        /* restored, the damaged among them */
  uint64_t erased;          /* were in the data, and stay erased */
  uint64_t lost;            /* newer than the data */
  uint64_t unreadable;      /* no key of theirs is at hand: left out; a newer bundle may have it */
  uint64_t damaged;         /* restored, but not every row opens: medseal_verify says more */
  uint64_t records_deleted; /* once more, since they were deleted after the backup */
  uint64_t statements_lost; /* about persons and classes, newer than the bundle */
  uint64_t copies_missed;   /* of the provider: they know the store of before, and will call this one stale */
  int anchor_was_lost;      /* and began anew */
  uint64_t sampled;         /* of a drill */
  uint64_t failed;
  int changes_lost;         /* the store went on after the bundle was made: erasures, revocations and whatever else was done since then
                             * are lost, and who was erased since is back */
  uint32_t newer_backup;    /* number of one that is missing or damaged, so that an older one was taken; 0: none */
  medseal_restored_log log;
  uint64_t log_entries_lost; /* of the log of accesses, that were anchored and are in no copy */
} medseal_restore_report;

typedef enum medseal_restored_as {
  MEDSEAL_STAYS_ERASED = 1,
  MEDSEAL_IS_LOST = 2,
  MEDSEAL_IS_UNREADABLE = 3,
  MEDSEAL_IS_DAMAGED = 4
} medseal_restored_as;
/* `patient_handle` has 16 bytes. */
typedef void (*medseal_restored_callback)(void* context, medseal_restored_as how, const uint8_t* patient_handle);

/* Makes a store of old data and a newer bundle: erased patients stay erased, revoked persons revoked, deleted records deleted. Everything is
 * looked at before anything is written; the store is there whole or not at all. Afterwards the provider knows this store as the newest.
 * Values that retention took out of records since the backup are in them again, until medseal_retention runs.
 *   KEY_UNAVAILABLE  the bundle is of an epoch that the provider does not have; the message names it and those at hand
 *   NOT_FOUND        no backup or no bundle is there;  ALREADY_EXISTS  something is at the store's path
 *   LOCKED           another restore to it is under way;  WRONG_SECRET */
MEDSEAL_API medseal_code medseal_restore(const medseal_restore_options* options, medseal_restored_callback on_patient, void* context,
                                         medseal_restore_report* report, medseal_error* error);
/* Restores into a scratch directory, opens patients whole, and deletes it. Store and provider stay as they are.
 *   AUTH_FAILED      patients do not open whole: `report` counts them; and as medseal_restore */
MEDSEAL_API medseal_code medseal_backup_drill(const medseal_restore_options* options, medseal_restore_report* report, medseal_error* error);

/* ---- Copies of the provider ---------------------------------------------------------------------------------------- */

typedef struct medseal_provider_info {
  size_t size;
  const char* uri;
  int own;              /* the one the vault was opened with */
  medseal_code reached; /* OK, or why it cannot be used */
  int damaged;          /* one of its places does not open: make it anew */
  int assurance;        /* what destroying a secret there proves: 0 device destroyed, 1 overwritten, medium unproven, 2 unlinked */
  uint32_t epochs[2];   /* whose secrets it has; of one given up, the first and last that it may have */
  size_t epoch_count;
  uint64_t given_up_ms;  /* 0: it is registered */
  uint64_t destroyed_ms; /* of one given up: it came back and was destroyed; 0: it has not */
} medseal_provider_info;
typedef int (*medseal_provider_callback)(void* context, const medseal_provider_info* info);

/* Opens every registered copy and looks; those given up come last. One of these that has come back is destroyed. Return 0 to go on;
 * anything else ends the listing with CANCELLED.
 *   KEY_UNAVAILABLE  one given up has come back and cannot be destroyed */
MEDSEAL_API medseal_code medseal_provider_copies(medseal_vault* vault, medseal_provider_callback callback, void* context,
                                                 medseal_error* error);
/* Makes one more copy, with a secret of its own, and registers it: from then on every epoch change reaches it. `cost` may be NULL.
 *   ALREADY_EXISTS  something is there;  CONFLICT  the epoch is changing: finish that job first */
MEDSEAL_API medseal_code medseal_provider_add(medseal_vault* vault, const medseal_keyring* copy, const medseal_cost* cost,
                                              medseal_error* error);

/* Gives up a registered copy that is lost for good: it does not answer, and no change of epoch waits for it any more. Two persons decide it
 * (medseal_session_join), the session's own being entitled as for medseal_hold. Until it comes back, when it is destroyed, every
 * certificate of an erasure whose copies of before its secrets may open names it, and is not complete.
 *   PERMISSION_DENIED;  INVALID_ARGUMENT  the vault was opened with it;  NOT_FOUND  no copy is registered there
 *   CONFLICT  it answers: medseal_provider_move from it to another destroys it */
MEDSEAL_API medseal_code medseal_provider_forget(medseal_session* session, const char* uri, medseal_error* error);

/* Moves the vault to another provider, which is made now or is a registered copy: it has the secrets and the anchor, read back, before the
 * one that the vault was opened with is destroyed. The vault goes on with it, and is opened with it from then on. At every moment one
 * of the two opens the store; killed anywhere, the same call finishes it. Waits for running calls. `cost` may be NULL.
 *   INVALID_ARGUMENT  it is the one that the vault is opened with;  ALREADY_EXISTS  something else is there
 *   CONFLICT          the epoch is changing: finish that job first;  WRONG_SECRET  of a registered copy
 *   KEY_UNAVAILABLE   moved, but the old one could not be destroyed: every opening tries again, and no epoch secret is dead before */
MEDSEAL_API medseal_code medseal_provider_move(medseal_vault* vault, const medseal_keyring* to, const medseal_cost* cost,
                                               medseal_error* error);

typedef struct medseal_root_options {
  size_t size;
  medseal_bytes secret;     /* new passphrase, or 32 bytes of a key file, of every copy that is a file; empty where all are tokens */
  int secret_is_key;
  const medseal_cost* cost; /* may be NULL */
} medseal_root_options;

/* What became of one copy. */
typedef struct medseal_root_info {
  size_t size;
  const char* uri;
  int own;              /* the one the vault was opened with */
  int on_token;         /* has other keys now, and the PIN it had: that is changed with the token's own tool */
  medseal_code changed; /* OK, or why it has its old root still */
} medseal_root_info;
typedef void (*medseal_root_callback)(void* context, const medseal_root_info* info);

/* Another root for every copy of the provider: files open with the new secret, tokens keep the epoch secrets under keys they make now. The
 * epoch secrets stay: an epoch change of all buckets (medseal_epoch_change) shuts out whoever copied a provider before. The key of the
 * anchor stays too: only medseal_provider_move gives another to those who fear that a known one may be used to set it back. Killed
 * anywhere, each copy opens with its old or its new root, and the same call finishes it. `options` and `callback` may be NULL.
 *   INVALID_ARGUMENT  a copy is a file and there is no secret for it: nothing was changed
 *   KEY_UNAVAILABLE   a copy was not reached and has its old root still: the callback was told which */
MEDSEAL_API medseal_code medseal_rotate_root(medseal_vault* vault, const medseal_root_options* options, medseal_root_callback callback,
                                             void* context, medseal_error* error);

/* ---- The log of accesses ------------------------------------------------------------------------------------------- */

/* Every login, read, search, write, denial and change of who may do what is on record before the call that it is about answers: with
 * MEDSEAL_AUDIT_GROUP against the death of the process, and 50 ms later against the loss of power; with MEDSEAL_AUDIT_SYNC against both.
 * A log that cannot be written stops every call that would have to be recorded (IO_ERROR, RESOURCE_EXHAUSTED). Reading the log takes the
 * class `audit`, and is on record too. */

/* Whether an entry says what was done to its patient. */
typedef enum medseal_audit_what {
  MEDSEAL_AUDIT_NO_WHAT = 0,
  MEDSEAL_AUDIT_WHAT_GONE = 1, /* it did, under a key of a patient who was erased since */
  MEDSEAL_AUDIT_WHAT = 2
} medseal_audit_what;

typedef struct medseal_audit_entry {
  size_t size;
  uint64_t index;           /* in the log, from 0: never changes */
  uint64_t time_ms;
  const char* session;      /* names it; 32 hexadecimal digits */
  const char* person;       /* NULL: the host, or nobody that is known */
  const char* operation;    /* login, read, search, write, delete, ...: FORMAT.md, "Log entry" */
  const char* outcome;      /* done, denied, not-found, failed, begun, not-committed */
  medseal_code code;
  uint64_t incident;        /* of the medseal_error that the caller got; 0: none */
  uint64_t number;
  const char* purpose;
  const char* origin;       /* as the host gave it */
  const char* on_behalf_of; /* asserted by the host, not proven */
  const char* detail;
  int has_patient;
  uint8_t patient_handle[MEDSEAL_PATIENT_HANDLE_SIZE];
  medseal_audit_what what;  /* MEDSEAL_AUDIT_WHAT: what follows is set */
  const char* type;
  medseal_bytes record;
  uint64_t record_version;
  const char* const* classes;          /* of which values were opened or written */
  size_t class_count;
  const char* const* redacted_classes; /* of which they were left out */
  size_t redacted_class_count;
  const char* const* fields;           /* opened or written */
  size_t field_count;
  int canary;               /* the patient is planted: nobody's data, and nobody to tell */
} medseal_audit_entry;
/* `entry` is good during the call. Return 0 to go on; anything else ends the listing with CANCELLED. */
typedef int (*medseal_audit_callback)(void* context, const medseal_audit_entry* entry);

/* Which entries: everything that is set has to fit. With a patient or a person they are found at once, else the log is read. */
typedef struct medseal_audit_query {
  size_t size;
  const medseal_ref* patient; /* type and record are not read */
  const char* person;
  uint64_t since_ms;
  uint64_t until_ms;          /* not included; 0: now */
  const char* operation;
  const char* outcome;
  uint64_t from_index;
  /* Of medseal_exposure alone, in the place of a person: one of the two. */
  int of_backup;              /* 1: of a backup */
  const char* backup_place;   /* its path as medseal_backups has it; NULL: the first that has the backup */
  uint32_t backup;            /* number; 0: the newest */
  const char* key_class;      /* of a class key */
  uint32_t key_version;
} medseal_audit_query;

/* In the order of the log. `query` may be NULL: all of it.
 *   PERMISSION_DENIED  the session does not hold `audit`;  NOT_FOUND  no such person or patient;  ERASED */
MEDSEAL_API medseal_code medseal_audit_entries(medseal_session* session, const medseal_audit_query* query, medseal_audit_callback callback,
                                               void* context, medseal_error* error);

typedef struct medseal_exposed_patient {
  size_t size;
  uint8_t patient_handle[MEDSEAL_PATIENT_HANDLE_SIZE];
  const char* const* classes; /* of which values were opened */
  size_t class_count;
  uint64_t reads;             /* records */
  uint64_t fields;            /* values, counted at each read */
  uint64_t first_ms;
  uint64_t last_ms;
  int canary;                 /* planted: nobody's data */
  const char* const* not_assessed; /* classes of which nobody can say whether there are values; of backups and keys */
  size_t not_assessed_count;
} medseal_exposed_patient;
typedef int (*medseal_exposed_callback)(void* context, const medseal_exposed_patient* patient);

typedef struct medseal_exposure_summary {
  size_t size;
  uint64_t patients;
  uint64_t reads;
  uint64_t fields;
  uint64_t searches;
  uint64_t unknown;  /* reads of patients erased since: what was read is not known any more */
  uint64_t asserted; /* reads that the host said were on behalf of somebody: asserted, not proven */
  uint64_t canaries; /* planted patients, whom no other number counts */
  uint32_t backup;       /* its number */
  uint64_t not_assessed; /* patients of whom something could not be told */
  uint64_t erased;       /* in the backup, but dead: what was theirs opens from nowhere */
  uint64_t unreadable;   /* without a key row that opens, or with rows that were changed */
} medseal_exposure_summary;
/* What `query->person` read from since_ms until until_ms: the patients, and which classes of them. `summary` and `callback` may be NULL.
 * Of a backup: what opens from it with the provider's secrets and the keys of now; of a class key: the values whose data keys are wrapped
 * under that version now, and those that were written before the next one was made, which an older copy of the disk has under it (not
 * assessed: those written later of who was there before, whose data keys may be the same). Then `reads` are records with such values,
 * `fields` the values in them, replaced ones too, first and last when they were written; `since_ms` and `until_ms` are not read. Only classes that the
 * session may read are opened, the others are named. Patients are told one after the other. A backup is copied into the system's place for
 * temporary files meanwhile.
 * Errors as medseal_audit_entries; NOT_FOUND also for a backup, class or version; of a backup what medseal_restore has for its bundle. */
MEDSEAL_API medseal_code medseal_exposure(medseal_session* session, const medseal_audit_query* query, medseal_exposed_callback callback,
                                          void* context, medseal_exposure_summary* summary, medseal_error* error);

/* ---- The log, proven to outsiders ----------------------------------------------------------------------------------- */

/* The entries are the leaves of a tree (RFC 6962), and what a vault has signed of it are checkpoints (C2SP tlog-checkpoint). Calls that take
 * `store`, the vault's folder, read the log's files alone: they need no secret and no lock, and may run beside the process that has the
 * vault open. `key` is the verifier key that medseal_audit_key gives; NULL leaves open who signed. */

typedef struct medseal_audit_key_info {
  size_t size;
  char key[128]; /* verifier key of the log's checkpoints, as signed notes write them: name+id+key */
  uint8_t store_id[16];
  uint8_t verify_key[32];
  uint8_t founder_key[32];
  uint8_t founder_signature[64]; /* over "medseal log key 1\n", store_id, verify_key */
} medseal_audit_key_info;
MEDSEAL_API medseal_code medseal_audit_key(medseal_vault* vault, medseal_audit_key_info* info, medseal_error* error);
/* A checkpoint of all entries that there are. */
MEDSEAL_API medseal_code medseal_audit_checkpoint(medseal_vault* vault, medseal_buffer** note, medseal_error* error);

/* How a log stands to a checkpoint that agrees with it. */
typedef enum medseal_checkpoint_standing {
  MEDSEAL_CHECKPOINT_NONE = 0,   /* there is none */
  MEDSEAL_CHECKPOINT_AGREES = 1, /* no key was given: who signed it is open */
  MEDSEAL_CHECKPOINT_PROVEN = 2,
  MEDSEAL_CHECKPOINT_TOO_OLD = 3 /* older than what was kept: nothing can be compared */
} medseal_checkpoint_standing;

typedef struct medseal_audit_verify_options {
  size_t size;
  const char* store;
  medseal_bytes checkpoint; /* one that was kept elsewhere; may be empty */
  const char* key;
  medseal_progress_callback on_progress; /* entries */
  void* context;
} medseal_audit_verify_options;

typedef struct medseal_audit_report {
  size_t size;
  uint8_t store_id[16];
  uint64_t entries; /* of the tree */
  uint64_t first_entry; /* the oldest that is kept */
  uint64_t segments;
  uint8_t root[32];
  uint64_t opened;     /* times that the vault was opened with it */
  uint64_t not_closed; /* times that it was not closed before it was opened again */
  uint64_t power_lost; /* of those: with the power, so that up to 50 ms of entries may be missing */
  uint64_t set_back;   /* times that the clock was set back between two marks; their order is the log's all the same */
  int is_open;         /* a process has it open now, or did not close it */
  medseal_checkpoint_standing beside; /* to the checkpoint that lies beside the log */
  medseal_checkpoint_standing given;
  medseal_checkpoint_standing dropped; /* to the signed stub of entries that were dropped */
} medseal_audit_report;

/* Whether the log is whole, and goes on from its checkpoints.
 *   NOT_FOUND    there is no log
 *   STALE        it ends before a checkpoint: its end was cut, or it is an older copy
 *   AUTH_FAILED  an entry was changed, taken out, put in or moved; a segment is missing; a checkpoint is of another log, of one that forked
 *                from this, or not by the key
 *   CORRUPT, CANCELLED */
MEDSEAL_API medseal_code medseal_audit_verify(const medseal_audit_verify_options* options, medseal_audit_report* report,
                                              medseal_error* error);

/* That an entry is in the log of a checkpoint, or that this log goes on from an older one (RFC 9162 sections 2.1.3 and 2.1.4). */
typedef struct medseal_audit_proof {
  size_t size;
  uint64_t from;            /* the entry's index, or the size of the older log */
  uint64_t tree_size;
  uint8_t leaf[32];         /* of the entry */
  medseal_bytes hashes;     /* 32 bytes each */
  medseal_bytes checkpoint; /* the newest, signed */
} medseal_audit_proof;
/* `proof` is good during the call. */
typedef void (*medseal_audit_proof_callback)(void* context, const medseal_audit_proof* proof);

/* NOT_FOUND: no checkpoint reaches that entry yet;  UNSUPPORTED: entries are needed that were dropped;  others as medseal_audit_verify. */
MEDSEAL_API medseal_code medseal_audit_prove_entry(const char* store, uint64_t index, medseal_audit_proof_callback callback, void* context,
                                                   medseal_error* error);
MEDSEAL_API medseal_code medseal_audit_prove_growth(const char* store, medseal_bytes old_checkpoint, medseal_audit_proof_callback callback,
                                                    void* context, medseal_error* error);
/* AUTH_FAILED: it proves nothing of the kind;  CORRUPT. */
MEDSEAL_API medseal_code medseal_audit_check_entry(const medseal_audit_proof* proof, const char* key, medseal_error* error);
MEDSEAL_API medseal_code medseal_audit_check_growth(const medseal_audit_proof* proof, medseal_bytes old_checkpoint, const char* key,
                                                    medseal_error* error);

/* A witness, apart from the vault, signs a checkpoint only if its log goes on from the one they signed before (C2SP tlog-cosignature).
 * `seed` is 32 random bytes that they keep; this gives the key that others verify with. INVALID_ARGUMENT: `name` is none. */
MEDSEAL_API medseal_code medseal_witness_key(const char* name, medseal_bytes seed, medseal_buffer** key, medseal_error* error);

typedef struct medseal_witness_options {
  size_t size;
  const char* name;
  medseal_bytes seed;
  const char* log_key;              /* verifier key of the log */
  medseal_bytes checkpoint;         /* the first that they sign */
  medseal_bytes last;               /* or what they signed last, */
  const medseal_audit_proof* proof; /* and that a new checkpoint's log goes on from it */
} medseal_witness_options;
/* The new checkpoint with their signature and the time.
 *   AUTH_FAILED  the log does not go on from the last one: it was changed, or forked; the log did not sign, or the witness not the last */
MEDSEAL_API medseal_code medseal_witness_sign(const medseal_witness_options* options, medseal_buffer** note, medseal_error* error);
/* AUTH_FAILED: the witness did not sign it. */
MEDSEAL_API medseal_code medseal_witness_check(medseal_bytes note, const char* witness_key, uint64_t* signed_ms, medseal_error* error);

typedef struct medseal_audit_drop_report {
  size_t size;
  uint64_t segments; /* that go, or went */
  uint64_t entries;
  uint64_t held_by_keys; /* segments that are old enough, and stay: later entries need a key in them */
} medseal_audit_drop_report;
/* Entries past their legal limit: whole segments without an entry from `before_ms` or later. `run` 0 only looks. In their place a signed
 * stub stands, so that the tree still verifies.
 *   INVALID_ARGUMENT   `before_ms` is not over
 *   PERMISSION_DENIED  `run`, and the session may not erase, or no second person has joined it */
MEDSEAL_API medseal_code medseal_audit_drop(medseal_session* session, uint64_t before_ms, int run, medseal_audit_drop_report* report,
                                            medseal_error* error);

/* ---- Alerts -------------------------------------------------------------------------------------------------------- */

/* Rules are on by default and alert within the call that crosses the line: an entry of the log (operation alert, detail the rule), which
 * is there when the call answers, and then every sink, from a thread of the vault. What a sink does not take is kept in the store, tried
 * again, and told at the next open (rule undelivered). Limits and switches are settings of policy (alert_...). */

typedef struct medseal_alert_rule {
  size_t size;
  const char* name;
  const char* policy; /* the setting that turns it off at 0; empty: it is always on */
  const char* help;
  int on;
} medseal_alert_rule;
typedef int (*medseal_alert_rule_callback)(void* context, const medseal_alert_rule* rule);
MEDSEAL_API medseal_code medseal_alert_rules(medseal_session* session, medseal_alert_rule_callback callback, void* context,
                                             medseal_error* error);

/* In the place of the one before, which is waited for if it runs; NULL: none. Not from within a callback. */
MEDSEAL_API medseal_code medseal_alert_set_callback(medseal_vault* vault, medseal_alert_callback callback, void* context,
                                                    medseal_error* error);

typedef enum medseal_sink_kind {
  MEDSEAL_SINK_FILE = 1,   /* one path: a line of JSON each */
  MEDSEAL_SINK_SYSLOG = 2, /* one path of a datagram socket, such as /dev/log: RFC 5424 */
  MEDSEAL_SINK_COMMAND = 3 /* a program and its arguments: the line of JSON on its standard input, no environment, ten seconds */
} medseal_sink_kind;
typedef struct medseal_alert_sink {
  size_t size;
  uint32_t id; /* given by the vault */
  medseal_sink_kind kind;
  const char* const* words; /* the first an absolute path */
  size_t word_count;
} medseal_alert_sink;
/* Where alerts go is set by two persons (medseal_session_join), one of whom may decide over the store.
 *   PERMISSION_DENIED  no second person, or not entitled;  INVALID_ARGUMENT  words that the kind does not take
 *   ALREADY_EXISTS     alerts go there already;  RESOURCE_EXHAUSTED  there are 16;  NOT_FOUND  no such sink */
MEDSEAL_API medseal_code medseal_alert_sink_add(medseal_session* session, medseal_sink_kind kind, const char* const* words,
                                                size_t word_count, uint32_t* id, medseal_error* error);
MEDSEAL_API medseal_code medseal_alert_sink_remove(medseal_session* session, uint32_t id, medseal_error* error);
typedef int (*medseal_alert_sink_callback)(void* context, const medseal_alert_sink* sink);
/*   AUTH_FAILED  they are not signed by who set them, and are not used */
MEDSEAL_API medseal_code medseal_alert_sinks(medseal_session* session, medseal_alert_sink_callback callback, void* context,
                                             medseal_error* error);
/* Raises an alert of the rule test. */
MEDSEAL_API medseal_code medseal_alert_test(medseal_session* session, medseal_error* error);

typedef enum medseal_declared_job_state {
  MEDSEAL_DECLARED_JOB_IN_FORCE = 0,
  MEDSEAL_DECLARED_JOB_EXPIRED = 1,
  MEDSEAL_DECLARED_JOB_NOT_SIGNED = 2 /* not by one who may administer now and another, with the keys they have now: it counts for nothing */
} medseal_declared_job_state;
typedef struct medseal_declared_job {
  size_t size;
  const char* name;          /* 1 to 64 bytes of clean UTF-8 */
  const char* person;        /* who runs it, a service as a rule */
  const char* const* types;  /* record types that it reads, at least one */
  size_t type_count;
  const char* const* fields; /* TYPE.FIELD; none: all fields of the types */
  size_t field_count;
  uint32_t patients;         /* in one window at the most: 1 to 1 000 000 */
  uint32_t from_minute;      /* of the day, UTC, at which a window begins */
  uint32_t to_minute;        /* not included; before `from_minute`: on the next day; equal: a window lasts a day */
  uint32_t days;             /* on which a window begins: bit 0 Monday to bit 6 Sunday; 0: every day */
  uint64_t until_ms;         /* not included; 366 days away at most */
  /* What follows is told, and not read when a job is declared. */
  medseal_declared_job_state state;
  const char* declared_by;
  const char* second;
  uint64_t declared_ms;
  uint64_t used_ms;          /* when a session for it ended last; 0: never */
  uint64_t window_ms;        /* when the window began in which it read last */
  uint32_t read;             /* patients in that window */
} medseal_declared_job;
/* Declared jobs keep a program's own work from raising alerts. While a session that was opened for one (medseal_login_options.job) reads
 * what was declared, the rules bulk-read, above-habit and outside-hours are silent. Its first read of anything else (another type or field,
 * more patients, outside a window, after the end, or by a clock that was set) is answered and raises outside-job; from then on the session
 * is as one without a job, and what it read before counts. A job is declared by an administrator with a second person at the session
 * (medseal_session_join) for a third; the declaration ends with the administrator's right and keys.
 *   PERMISSION_DENIED  no second person, or not an administrator;  ALREADY_EXISTS  the name is taken: revoke it first
 *   INVALID_ARGUMENT   what the struct asks for is not so; one of the two is who runs it; a type whose fields are not named though others are
 *   NOT_FOUND          no such person;  RESOURCE_EXHAUSTED  there are 256 */
MEDSEAL_API medseal_code medseal_declared_job_declare(medseal_session* session, const medseal_declared_job* job, medseal_error* error);
/* By an administrator alone; sessions for it are outside of it at once. NOT_FOUND; PERMISSION_DENIED. */
MEDSEAL_API medseal_code medseal_declared_job_revoke(medseal_session* session, const char* name, medseal_error* error);
/* `job` is good during the call. Return 0 to go on; anything else ends the listing with CANCELLED. */
typedef int (*medseal_declared_job_callback)(void* context, const medseal_declared_job* job);
/* For who may audit or administer; to others, those that they run. `name` may be NULL: all of them.
 *   NOT_FOUND  none of that name that the person may see;  AUTH_FAILED  a row was changed */
MEDSEAL_API medseal_code medseal_declared_jobs(medseal_session* session, const char* name, medseal_declared_job_callback callback,
                                               void* context, medseal_error* error);

/* Canaries: made-up patients among the real, which no count counts. Whoever touches one raises an alert (rule canary) within that call.
 * By the founder, or who holds every class.
 *   PERMISSION_DENIED  neither of them
 *   INVALID_ARGUMENT   none, or more than 4 096 in all; the schema lacks the laboratory's Patient and LabResult */
MEDSEAL_API medseal_code medseal_canary_plant(medseal_session* session, uint32_t count, medseal_error* error);
/* As many new ones, and erases those that were there. `job`, which may be NULL, is the epoch change that their erasure joined; 0: none. */
MEDSEAL_API medseal_code medseal_canary_rotate(medseal_session* session, uint32_t* job, medseal_error* error);
typedef int (*medseal_canary_callback)(void* context, const uint8_t* patient_handle);
MEDSEAL_API medseal_code medseal_canaries(medseal_session* session, medseal_canary_callback callback, void* context,
                                          medseal_error* error);

#ifdef __cplusplus
}
#endif

#endif /* MEDSEAL_H */
