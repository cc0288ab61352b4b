// What the worked examples say, field by field, and that the page shows the same bytes.
#include <gtest/gtest.h>

#include <set>

#include "base/writer.h"
#include "crypto/hash.h"
#include "format/backup_facts.h"
#include "format/approval.h"
#include "format/broken_glass.h"
#include "format/bundle.h"
#include "format/custody.h"
#include "format/erasure.h"
#include "format/group.h"
#include "format/head.h"
#include "format/header.h"
#include "format/job.h"
#include "format/job_file.h"
#include "format/key_row.h"
#include "format/keys_of_rows.h"
#include "format/known_time.h"
#include "format/layouts.h"
#include "format/mark.h"
#include "format/page.h"
#include "format/posting.h"
#include "format/row.h"
#include "format/sealed.h"
#include "format/stream.h"
#include "support/vectors.h"

namespace mseal::format {
namespace {

using test::Case;
using test::ToHex;

Case Worked(const std::string& name) { return test::LoadCases("format/" + name + ".json", "cases").front(); }

TEST(Page, ShowsTheWorkedExamples) {
  for (const char* name : {"sealed",      "row",          "public_part",   "header",          "group",
                           "head",        "posting",      "stream",        "chunk",           "job",
                           "erasure",     "epoch_end",    "provider_copy", "provider_change", "backup_place",
                           "place_mark",  "backup_facts", "bundle_part",   "bundle_list",     "recovery",
                           "mark",        "mark_tally",   "known_time",    "job_file",        "given_up_copy",
                           "log_segment", "log_chain",    "log_mark",      "log_audit_key",   "log_access",
                           "log_who",     "log_what",     "log_keys",      "login_attempts",  "login_key",
                           "kept_alert",  "alert_sinks",  "habit",         "canaries",        "broken_glass",
                           "declared_job", "former_canary", "approval"})
    EXPECT_EQ(ToHex(test::PageExample(name)), ToHex(test::WorkedExample(name))) << name;
  // All slots have one layout: the page shows the first.
  const Bytes shown = test::PageExample("key_row");
  const Bytes whole = test::WorkedExample("key_row");
  ASSERT_EQ(shown.size(), 73u + 225u);
  EXPECT_TRUE(SameBytes(shown, ByteView(whole).first(shown.size())));
}

TEST(Page, ShowsNoExampleTwice) {
  const auto names = test::PageExamples();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

TEST(Job, ExampleIsTakenApart) {
  const Case one = Worked("job");
  const auto job = ParseJob(one.Hex("bytes"));
  ASSERT_TRUE(job.ok());
  EXPECT_EQ(job->kind, JobKind::kClassRotation);
  EXPECT_EQ(job->state, JobState::kRunning);
  EXPECT_EQ(job->subject, one.Number("subject"));
  EXPECT_EQ(job->target, one.Number("target"));
  EXPECT_EQ(ToHex(job->next), one.Text("next"));
  EXPECT_EQ(job->seen, one.Number("seen"));
  EXPECT_EQ(job->changed, one.Number("changed"));
}

TEST(JobFile, ExampleIsTakenApart) {
  const Case one = Worked("job_file");
  const auto file = ParseJobFile(one.Hex("bytes"));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->number, one.Number("number"));
  EXPECT_EQ(file->kind, JobKind::kClassRotation);
  EXPECT_EQ(file->done, one.Number("done"));
  EXPECT_EQ(file->in_all, one.Number("in_all"));
  EXPECT_EQ(file->per_second, one.Number("per_second"));
  EXPECT_EQ(file->started_ms, 1609459200000u);
  EXPECT_EQ(file->written_ms, 1609459260000u);
}

TEST(Erasure, ExampleIsTakenApart) {
  const Case one = Worked("erasure");
  const auto erasure = ParseErasure(one.Hex("bytes"));
  ASSERT_TRUE(erasure.ok());
  EXPECT_EQ(erasure->state, ErasureState::kDead);
  EXPECT_EQ(erasure->epoch, one.Number("epoch"));
  EXPECT_EQ(erasure->rows, one.Number("rows"));
  EXPECT_EQ(erasure->bytes, one.Number("bytes_removed"));
  EXPECT_EQ(erasure->postings, one.Number("postings"));
  EXPECT_EQ(erasure->posting_key, one.Number("posting_key"));
  EXPECT_EQ(erasure->reason, one.Text("reason"));
}

TEST(EpochEnd, ExampleIsTakenApart) {
  const Case one = Worked("epoch_end");
  const auto end = ParseEpochEnd(one.Hex("bytes"));
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(end->scope, one.Number("scope"));
  EXPECT_EQ(end->key_rows, one.Number("key_rows"));
  ASSERT_EQ(end->places.size(), 1u);
  EXPECT_EQ(end->places[0].bundle, one.Number("bundle"));
  EXPECT_EQ(end->opens_tried, one.Number("opens_tried"));
}

TEST(Custody, ExamplesAreTakenApart) {
  const Case copy = Worked("provider_copy"), place = Worked("backup_place");
  EXPECT_EQ(ParseProviderCopy(copy.Hex("bytes"))->secret_kind, copy.Number("secret_kind"));
  EXPECT_EQ(ParseProviderCopy(copy.Hex("bytes"))->uri, copy.Text("uri"));
  EXPECT_EQ(ParseBackupPlace(place.Hex("bytes"))->path, place.Text("path"));
  const Case change = Worked("provider_change");
  EXPECT_EQ(ParseProviderChange(change.Hex("bytes"))->what, ProviderChange::What::kNewRoot);
  EXPECT_EQ(ParseProviderChange(change.Hex("bytes"))->uri, change.Text("uri"));
  const Case given_up = Worked("given_up_copy");
  EXPECT_EQ(ParseGivenUpCopy(given_up.Hex("bytes"))->first_epoch, given_up.Number("first_epoch"));
  EXPECT_EQ(ParseGivenUpCopy(given_up.Hex("bytes"))->last_epoch, given_up.Number("last_epoch"));
  EXPECT_EQ(ParseGivenUpCopy(given_up.Hex("bytes"))->person, given_up.Number("person"));
  EXPECT_EQ(ParseGivenUpCopy(given_up.Hex("bytes"))->witness, given_up.Number("witness"));
  EXPECT_EQ(ParseGivenUpCopy(given_up.Hex("bytes"))->assurance, given_up.Number("assurance"));
  EXPECT_EQ(ParseGivenUpCopy(given_up.Hex("bytes"))->uri, given_up.Text("uri"));
}

TEST(Bundle, ExamplesAreTakenApart) {
  const Case list = Worked("bundle_list"), part = Worked("bundle_part");
  const Bytes bytes = list.Hex("bytes"), part_bytes = part.Hex("bytes");
  const auto opened = ParseBundleList(bytes);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->list.number, list.Number("number"));
  EXPECT_EQ(opened->list.epoch, list.Number("epoch"));
  EXPECT_EQ(opened->list.commits, list.Number("commits"));
  EXPECT_EQ(opened->list.newest_backup, list.Number("newest_backup"));
  ASSERT_EQ(opened->list.parts.size(), list.Number("parts"));
  EXPECT_EQ(opened->list.parts[0].size, part_bytes.size());
  EXPECT_EQ(ParseBundlePart(part_bytes, opened->list.parts[0].number)->size(), part.Number("rows"));
}

TEST(BackupFacts, ExampleIsTakenApart) {
  const Case one = Worked("backup_facts");
  const auto facts = ParseBackupFacts(one.Hex("bytes"));
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->epoch, one.Number("epoch"));
  EXPECT_EQ(facts->statement_number, one.Number("statement"));
}

TEST(Mark, ExampleIsTakenApart) {
  const Case one = Worked("mark");
  const auto mark = ParseMark(one.Hex("bytes"));
  ASSERT_TRUE(mark.ok());
  ASSERT_TRUE(mark->hold.has_value() && mark->restriction.has_value());
  EXPECT_EQ(mark->hold->since_ms, one.Number("hold_since"));
  EXPECT_EQ(mark->hold->by_person, one.Number("hold_by"));
  EXPECT_EQ(ToHex(mark->hold->reason.Reveal()), one.Text("hold_reason"));
  EXPECT_EQ(mark->restriction->since_ms, one.Number("restriction_since"));
  EXPECT_EQ(mark->restriction->by_person, one.Number("restriction_by"));
  EXPECT_EQ(ToHex(mark->restriction->reason.Reveal()), one.Text("restriction_reason"));
}

TEST(BrokenGlass, ExampleIsTakenApart) {
  const Case one = Worked("broken_glass");
  const auto glass = ParseBrokenGlass(one.Hex("bytes"));
  ASSERT_TRUE(glass.ok());
  EXPECT_EQ(glass->person, one.Number("person"));
  EXPECT_EQ(glass->class_number, one.Number("class_number"));
  EXPECT_EQ(glass->from_ms, one.Number("from_ms"));
  EXPECT_EQ(glass->until_ms, one.Number("until_ms"));
  EXPECT_EQ(ToHex(glass->reason.Reveal()), one.Text("reason"));
  EXPECT_EQ(glass->reviewed_by, one.Number("reviewed_by"));
  EXPECT_EQ(glass->reviewed_ms, one.Number("reviewed_ms"));
  EXPECT_EQ(ToHex(glass->verdict.Reveal()), one.Text("verdict"));
}

TEST(Approval, ExampleIsTakenApart) {
  const Case one = Worked("approval");
  const auto approval = ParseApproval(one.Hex("bytes"));
  ASSERT_TRUE(approval.ok());
  EXPECT_EQ(approval->state, ApprovalState::kCarriedOut);
  EXPECT_EQ(approval->ended_by, one.Number("ended_by"));
  EXPECT_EQ(approval->ended_ms, one.Number("ended_ms"));
  EXPECT_EQ(ToHex(approval->nonce), one.Text("nonce"));
  EXPECT_EQ(approval->asked_by, one.Number("asked_by"));
  EXPECT_EQ(approval->asked_ms, one.Number("asked_ms"));
  EXPECT_EQ(approval->expires_ms, one.Number("expires_ms"));
  EXPECT_EQ(approval->needed, one.Number("needed"));
  EXPECT_EQ(approval->action.kind, ActionKind::kErase);
  EXPECT_EQ(approval->action.value, one.Number("value"));
  EXPECT_EQ(approval->action.name, "asked for");
  EXPECT_EQ(approval->action.object, "");
  ASSERT_EQ(approval->action.patients.size(), 2u);
  EXPECT_EQ(ToHex(approval->action.patients[0]), one.Text("first_patient"));
  ASSERT_EQ(approval->signatures.size(), 2u);
  EXPECT_EQ(approval->signatures[1].person, one.Number("second_signer"));
  EXPECT_EQ(ToHex(approval->signatures[1].signature), one.Text("second_signature"));
  ByteArray<16> store;
  CopyBytes(one.Hex("store"), store);
  EXPECT_EQ(ToHex(ApprovalSigned(store, 7, *approval)), one.Text("signed"));
}

TEST(MarkTally, ExampleIsTakenApart) {
  const Case one = Worked("mark_tally");
  const auto tally = ParseMarkTally(one.Hex("bytes"));
  ASSERT_TRUE(tally.ok());
  EXPECT_EQ(tally->count, one.Number("count"));
  EXPECT_EQ(ToHex(tally->digest), one.Text("digest"));
}

TEST(KnownTime, ExampleIsTakenApart) {
  const Case one = Worked("known_time");
  const auto ms = ParseKnownTime(one.Hex("bytes"));
  ASSERT_TRUE(ms.ok());
  EXPECT_EQ(*ms, one.Number("ms"));
}

TEST(Sealed, ExampleIsTakenApart) {
  const Case one = Worked("sealed");
  const Bytes bytes = one.Hex("bytes");
  const auto sealed = ParseSealed(bytes);
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(sealed->suite, one.Number("suite"));
  EXPECT_EQ(ToHex(sealed->salt), one.Text("salt"));
  EXPECT_EQ(ToHex(sealed->commitment), one.Text("commitment"));
  EXPECT_EQ(ToHex(sealed->message), one.Text("message"));
}

TEST(Row, ExampleIsTakenApart) {
  const Case one = Worked("row");
  const Bytes bytes = one.Hex("bytes");
  const auto row = ParseRow(bytes);
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(ToHex(row->front), one.Text("front"));
  EXPECT_EQ(ToHex(row->public_part), one.Text("public_part"));
  EXPECT_EQ(ToHex(row->header), one.Text("header"));
  EXPECT_EQ(ToHex(row->body), one.Text("body"));
  EXPECT_EQ(*KindOfRow(bytes), RowKind::kRecord);
}

TEST(PublicPart, ExampleIsTakenApart) {
  const Case one = Worked("public_part");
  const Bytes bytes = one.Hex("bytes");
  PublicReader reader(bytes);
  std::string fields, wires;
  std::uint32_t field = 0;
  for (ByteView wire; reader.Next(field, wire);) {
    fields += (fields.empty() ? "" : ",") + std::to_string(field);
    wires += (wires.empty() ? "" : ",") + ToHex(wire);
  }
  EXPECT_TRUE(reader.Finish().ok());
  EXPECT_EQ(fields, one.Text("fields"));
  EXPECT_EQ(wires, one.Text("wires"));
}

TEST(Group, ExampleIsTakenApart) {
  const Case one = Worked("group");
  const Bytes bytes = one.Hex("bytes");
  GroupReader reader(bytes);
  std::string fields, kinds, values;
  for (GroupEntry entry; reader.Next(entry);) {
    fields += (fields.empty() ? "" : ",") + std::to_string(entry.field);
    kinds += (kinds.empty() ? "" : ",") + std::to_string(static_cast<int>(entry.kind));
    values += (values.empty() ? "" : ",") + ToHex(entry.value);
  }
  EXPECT_TRUE(reader.Finish().ok());
  EXPECT_EQ(fields, one.Text("fields"));
  EXPECT_EQ(kinds, one.Text("kinds"));
  EXPECT_EQ(values, one.Text("values"));
}

TEST(Group, PositiveNegativeAndAbsentTakeOneSize) {
  const auto size_with = [](ByteView wire) {
    SecretBytes content;
    BeginGroup(content);
    if (!wire.empty()) AppendEntry(content, 3, EntryKind::kInline, wire);
    PadGroup(content, 40);
    return content.size();
  };
  EXPECT_EQ(size_with({}), EmptyGroupSize(40));
  EXPECT_EQ(size_with(Bytes{0x18, 0x00}), EmptyGroupSize(40));
  EXPECT_EQ(size_with(Bytes{0x18, 0x80, 0x01}), EmptyGroupSize(40));
}

// A reader that stops at the first wrong entry still says so at the end, and gives nothing more.
TEST(Group, AfterAFailureNothingMoreIsGiven) {
  SecretBytes content;
  BeginGroup(content);
  AppendEntry(content, 3, EntryKind::kInline, AsBytes("three"));
  AppendEntry(content, 2, EntryKind::kInline, AsBytes("two"));
  AppendEntry(content, 4, EntryKind::kInline, AsBytes("four"));
  PadGroup(content, 0);
  GroupReader reader(content.Reveal());
  GroupEntry entry;
  EXPECT_TRUE(reader.Next(entry));
  EXPECT_FALSE(reader.Next(entry));
  EXPECT_FALSE(reader.Next(entry));
  EXPECT_EQ(reader.Finish().code(), StatusCode::kCorrupt);
}

TEST(Group, AReaderThatDidNotReachTheEndIsNotFinished) {
  SecretBytes content;
  BeginGroup(content);
  AppendEntry(content, 3, EntryKind::kInline, AsBytes("three"));
  PadGroup(content, 0);
  GroupReader reader(content.Reveal());
  EXPECT_EQ(reader.Finish().code(), StatusCode::kCorrupt);
}

void ExpectGroup(const HeaderGroup& group, const Case& one, const std::string& name) {
  EXPECT_EQ(group.class_number, one.Number(name + ".class_number"));
  EXPECT_EQ(static_cast<std::uint64_t>(group.state), one.Number(name + ".state"));
  EXPECT_EQ(group.field, one.Number(name + ".field"));
  EXPECT_EQ(group.generation, one.Number(name + ".generation"));
  EXPECT_EQ(group.schema_version, one.Number(name + ".schema"));
  EXPECT_EQ(group.offset, one.Number(name + ".offset"));
  EXPECT_EQ(group.length, one.Number(name + ".length"));
  EXPECT_EQ(ToHex(group.salt), one.Text(name + ".salt"));
  EXPECT_EQ(ToHex(group.commitment), one.Text(name + ".commitment"));
}

TEST(Header, ExampleIsTakenApart) {
  const Case one = Worked("header");
  const auto header = ParseHeader(one.Hex("bytes"));
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(ToHex(AsBytes(header->type)), one.Text("type"));
  EXPECT_EQ(ToHex(header->record_id.Reveal()), one.Text("record_id"));
  EXPECT_EQ(header->version, one.Number("version"));
  EXPECT_EQ(header->written_ms, one.Number("written_ms"));
  EXPECT_EQ(header->retain_until_ms, one.Number("retain_until_ms"));
  ASSERT_EQ(header->groups.size(), 2u);
  ExpectGroup(header->groups[0], one, "group0");
  ExpectGroup(header->groups[1], one, "group1");
  const HeaderPosting posting{static_cast<std::uint32_t>(one.Number("posting.index")),
                              static_cast<std::uint32_t>(one.Number("posting.generation")),
                              one.Fixed<16>("posting.token")};
  EXPECT_EQ(header->postings, std::vector{posting});
  const HeaderStream stream{static_cast<std::uint32_t>(one.Number("stream.field")), one.Fixed<16>("stream.id"),
                            static_cast<std::uint32_t>(one.Number("stream.chunks"))};
  EXPECT_EQ(header->streams, std::vector{stream});
  const HeaderOrdered ordered{static_cast<std::uint32_t>(one.Number("ordered.index")), one.Hex("ordered.value")};
  EXPECT_EQ(header->ordered, std::vector{ordered});
}

TEST(Header, LongestTypeAndIdsAreReadBackWhole) {
  Header header;
  header.version = 1;
  header.type = std::string(kLongestType, 't');
  header.record_id = SecretBytes(kLongestRecordId);
  header.ordered.push_back({1, Bytes(kLongestOrdered, 7)});
  SecretBytes content;
  WriteHeader(header, content);
  const auto again = ParseHeader(content.Reveal());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->type, header.type);
  EXPECT_EQ(again->record_id.size(), kLongestRecordId);
  EXPECT_EQ(again->ordered, header.ordered);
}

TEST(HeaderDeathTest, LengthsThatDoNotFitAreNeverWrittenShort) {
  Header header;
  header.version = 1;
  SecretBytes content;
  header.type = std::string(kLongestType + 1, 't');
  EXPECT_DEATH(WriteHeader(header, content), "");
  header.type = "t";
  header.record_id = SecretBytes(kLongestRecordId + 1);
  EXPECT_DEATH(WriteHeader(header, content), "");
}

TEST(KeyRow, ExampleIsTakenApart) {
  const Case one = Worked("key_row");
  const Bytes bytes = one.Hex("bytes");
  EXPECT_EQ(bytes.size(), kKeyRowContentSize);
  const auto row = ParseKeyRow(bytes);
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(ToHex(row->patient_key.Reveal()), one.Text("patient_key"));
  EXPECT_EQ(ToHex(row->audit_key.Reveal()), one.Text("audit_key"));
  EXPECT_EQ(row->slot_counter, one.Number("slot_counter"));
  const Slot& first = row->slots[0];
  EXPECT_EQ(first.state, SlotState::kCurrent);
  EXPECT_EQ(first.class_key_version, one.Number("class_key_version"));
  EXPECT_EQ(first.generation, one.Number("generation"));
  EXPECT_EQ(first.previous_generation, 0u);
  EXPECT_EQ(ToHex(first.current), one.Text("current"));
  for (std::size_t i = 1; i < kSlots; ++i) EXPECT_EQ(row->slots[i].state, SlotState::kUnused) << i;
}

TEST(Head, ExampleIsTakenApart) {
  const Case one = Worked("head");
  const auto head = ParseHead(one.Hex("bytes"));
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->version, one.Number("version"));
  EXPECT_EQ(head->slot_counter, one.Number("slot_counter"));
  EXPECT_EQ(head->rows, one.Number("rows"));
  EXPECT_EQ(ToHex(head->sum.bytes()), one.Text("sum"));
}

TEST(RowSum, AddsModulo2To256AndTakesAwayAgain) {
  for (const Case& one : test::LoadCases("format/row_sum.json", "cases")) {
    RowSum sum = RowSum::FromBytes(one.Fixed<32>("a"));
    sum.Add(one.Fixed<32>("b"));
    EXPECT_EQ(ToHex(sum.bytes()), one.Text("sum")) << one.Text("name");
    sum.Subtract(one.Fixed<32>("a"));
    EXPECT_EQ(ToHex(sum.bytes()), one.Text("b")) << one.Text("name");
  }
}

TEST(RowSum, DoesNotDependOnTheOrder) {
  RowSum forwards, backwards;
  for (std::uint8_t i = 0; i < 100; ++i) forwards.Add(crypto::Hash("test", ByteArray<1>{i}));
  for (std::uint8_t i = 100; i-- > 0;) backwards.Add(crypto::Hash("test", ByteArray<1>{i}));
  EXPECT_EQ(forwards, backwards);
  for (std::uint8_t i = 0; i < 100; ++i) forwards.Subtract(crypto::Hash("test", ByteArray<1>{i}));
  EXPECT_EQ(forwards, RowSum());
}

TEST(Posting, ExampleIsTakenApart) {
  const Case one = Worked("posting");
  const auto posting = ParsePosting(one.Hex("bytes"));
  ASSERT_TRUE(posting.ok() && posting->has_value());
  EXPECT_EQ(ToHex((*posting)->patient), one.Text("patient"));
  EXPECT_EQ(ToHex((*posting)->record_tag), one.Text("tag"));
}

TEST(Posting, FillerHasTheSizeOfAPosting) {
  const auto filler = ParsePosting(WritePosting(std::nullopt));
  ASSERT_TRUE(filler.ok());
  EXPECT_FALSE(filler->has_value());
}

TEST(StreamReference, ExampleIsTakenApart) {
  const Case one = Worked("stream");
  const auto reference = ParseStreamReference(one.Hex("bytes"));
  ASSERT_TRUE(reference.ok());
  EXPECT_EQ(ToHex(reference->id), one.Text("id"));
  EXPECT_EQ(reference->length, one.Number("length"));
  EXPECT_EQ(reference->chunks, one.Number("chunks"));
  EXPECT_EQ(ToHex(reference->salt), one.Text("salt"));
  EXPECT_EQ(ToHex(reference->commitment), one.Text("commitment"));
  EXPECT_EQ(ToHex(reference->prefix), one.Text("prefix"));
}

TEST(StreamReference, LongestContentIsCountedWithoutWrapping) {
  EXPECT_EQ(ChunksOf(0), 1u);
  EXPECT_EQ(ChunksOf(kChunkSize), 1u);
  EXPECT_EQ(ChunksOf(kChunkSize + 1), 2u);
  EXPECT_EQ(ChunksOf(~std::uint64_t{0}), std::uint64_t{1} << 48);
}

TEST(Chunk, NonceTellsNumberAndEnd) {
  for (const Case& one : test::LoadCases("format/stream_chunks.json", "cases"))
    EXPECT_EQ(ToHex(ChunkNonce(one.Number("number"), one.Number("last") == 1)), one.Text("nonce"));
  EXPECT_EQ(ToHex(ChunkNonce(0x0102030405060708, true)), "010203040506070800000001");
}

TEST(Chunk, FullOneIsTheLongest) {
  Bytes row;
  BeginChunk(row);
  row.resize(kChunkHead + kChunkSize + 16);
  EXPECT_TRUE(ParseChunk(row).ok());
  row.push_back(0);
  EXPECT_EQ(ParseChunk(row).code(), StatusCode::kCorrupt);
}

TEST(KeysOfRows, AgreeWithTheVectorFile) {
  test::Tally tally{.file = "format/keys_of_rows.json"};
  for (const Case& one : test::LoadCases(tally.file, "cases")) {
    const Bytes key = one.Hex("key");
    std::string_view code;
    if (one.Text("table") == "key row") {
      const auto place = ParseKeyRowKey(key);
      code = CodeName(place.code());
      if (place.ok()) {
        EXPECT_EQ(ToHex(KeyRowKey(one.Fixed<16>("patient"), static_cast<std::uint32_t>(one.Number("version")))),
                  ToHex(key));
      }
    } else if (one.Text("table") == "bucket key") {
      const auto place = ParseBucketKeyKey(key);
      code = CodeName(place.code());
      if (place.ok()) {
        EXPECT_EQ(place->bits, one.Number("bits"));
        EXPECT_EQ(place->bucket, one.Number("bucket"));
        EXPECT_EQ(place->version, one.Number("version"));
        EXPECT_EQ(place->epoch, one.Number("epoch"));
      }
    } else {
      const auto id =
          MetaId(key, static_cast<std::uint32_t>(one.Number("epoch")), static_cast<MetaKind>(one.Number("kind")));
      code = CodeName(id.code());
      if (id.ok()) {
        EXPECT_EQ(ToHex(*id), one.Text("id"));
      }
    }
    EXPECT_EQ(code, one.Text("code")) << one.Text("table") << ": " << one.Text("name");
    ++(one.Text("code") == "Ok" ? tally.valid : tally.invalid);
  }
  test::Record(tally);
}

TEST(KeysOfRows, ExamplesOnThePageAreWhatIsWritten) {
  const auto patient = Worked("posting").Fixed<16>("patient");
  EXPECT_EQ(ToHex(KeyRowKey(patient, 1)), ToHex(test::PageExample("key_row_key")));
  EXPECT_EQ(ToHex(BucketKeyKey(9, 311, 1, 7)), ToHex(test::PageExample("bucket_key_key")));
  EXPECT_EQ(ToHex(MetaKey(7, MetaKind::kIndexKey, Bytes{0, 0, 0, 4, 0, 0, 0, 1})),
            ToHex(test::PageExample("meta_key")));
}

TEST(KeysOfRows, BucketIsTheLeadingBitsOfTheHandle) {
  const ByteArray<16> patient{0x9b, 0xc0, 0x01, 0x02};
  EXPECT_EQ(BucketOf(patient, 0), 0u);
  EXPECT_EQ(BucketOf(patient, 1), 1u);
  EXPECT_EQ(BucketOf(patient, 9), 311u);
  EXPECT_EQ(BucketOf(patient, 32), 0x9bc00102u);
}

TEST(KeysOfRows, KeysOfAPrefixLieBeforeTheKeyAfterIt) {
  const Bytes prefix{1, 0xff, 0xff};
  EXPECT_EQ(AfterPrefix(prefix), Bytes{2});
  EXPECT_LT((Bytes{1, 0xff, 0xff, 0xff, 0xff}), AfterPrefix(prefix));
  EXPECT_EQ(AfterPrefix(Bytes{0xff, 0xff}), Bytes{});
  EXPECT_EQ(AfterPrefix({}), Bytes{});
}

}  // namespace
}  // namespace mseal::format
