// Whole collections of real FHIR and HL7 v2 files go in: every original comes back bit for bit, the counts reconcile, and nothing of
// it stands readable in any file.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "sources/source.h"
#include "support/needles.h"
#include "support/test_data.h"
#include "vault/import.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> FilesIn(std::string_view folder, const std::set<std::string>& endings) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(TestData(folder))) {
    if (entry.is_regular_file() && endings.contains(entry.path().extension().string())) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> FhirFiles() { return FilesIn("fhir", {".json", ".ndjson"}); }
std::vector<std::string> Hl7Files() { return FilesIn("hl7v2", {".hl7", ".HL7", ".txt"}); }

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

vault::ImportReport Import(vault::Session& session, vault::SourceKind kind, std::vector<std::string> files) {
  vault::ImportReport report;
  auto call = session.Enter();
  const vault::ImportOptions options{.source = kind, .files = std::move(files), .lab = "Lab A", .on_progress = {}, .on_reject = {}};
  const Status status = vault::Import(call->core(), call->desk(), options, report);
  EXPECT_TRUE(status.ok()) << status.message();
  return report;
}

// What the readers give, to be compared with what the vault gives back.
class Expectation : public sources::Sink {
 public:
  struct Entry {
    std::string type;
    SecretBytes patient, record, message;
  };
  Status Take(sources::SourceRecord&& record, const sources::Place&) override {
    entries.push_back({record.type, std::move(record.patient), std::move(record.record), std::move(record.message)});
    return Status::Ok();
  }
  Status Reject(const sources::Place&, const Status&) override { return ++rejected, Status::Ok(); }
  void Progress(std::uint64_t, std::uint64_t) override {}
  std::vector<Entry> entries;
  std::uint64_t rejected = 0;
};

Expectation ReadFiles(vault::Session& session, vault::SourceKind kind, const std::vector<std::string>& files) {
  Expectation expected;
  auto call = session.Enter();
  const auto schema = call->core().schemas.current()->schema;
  for (const std::string& file : files) {
    const Status read = kind == vault::SourceKind::kFhir ? sources::ReadFhir(file, *schema, {.lab = "Lab A"}, expected)
                                                         : sources::ReadHl7(file, *schema, {.lab = "Lab A"}, expected);
    EXPECT_TRUE(read.ok()) << file << ": " << read.message();
  }
  return expected;
}

constexpr std::uint32_t kSourceField = 15;

Bytes OriginalIn(const schema::TypePlan& type, ByteView message) {
  std::vector<schema::Piece> pieces;
  EXPECT_TRUE(schema::Split(type, message, pieces).ok());
  for (const schema::Piece& piece : pieces) {
    if (piece.number == kSourceField) return Bytes(piece.wire.begin(), piece.wire.end());
  }
  return {};
}

class WholeImport : public ::testing::TestWithParam<vault::SourceKind> {
 protected:
  std::vector<std::string> Files() const { return GetParam() == vault::SourceKind::kFhir ? FhirFiles() : Hl7Files(); }
  Laboratory lab_;
};

INSTANTIATE_TEST_SUITE_P(Sources, WholeImport, ::testing::Values(vault::SourceKind::kFhir, vault::SourceKind::kHl7v2),
                         [](const auto& kind) { return kind.param == vault::SourceKind::kFhir ? "Fhir" : "Hl7v2"; });

TEST_P(WholeImport, EveryOriginalComesBackBitForBitAndTheCountsReconcile) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  const vault::ImportReport report = Import(*founder, GetParam(), Files());
  const Expectation expected = ReadFiles(*founder, GetParam(), Files());
  EXPECT_EQ(report.read, expected.entries.size());
  EXPECT_EQ(report.read, report.written + report.unchanged);
  EXPECT_EQ(report.rejected, expected.rejected);
  std::uint64_t originals = 0;
  for (const auto& entry : expected.entries) {
    const auto record = lab_.Get(*founder, AsText(entry.patient.Reveal()), entry.type, AsText(entry.record.Reveal()));
    ASSERT_TRUE(record.ok()) << record.status().message();
    const schema::TypePlan& type = *(*record)->schema->schema->FindType(entry.type);
    const Bytes original = OriginalIn(type, entry.message.Reveal());
    EXPECT_EQ(OriginalIn(type, (*record)->message.Reveal()), original);
    originals += original.empty() ? 0 : 1;
  }
  std::printf("%zu files, %lu records, %lu originals bit for bit, %lu patients, %lu rejected\n", Files().size(),
              static_cast<unsigned long>(report.read), static_cast<unsigned long>(originals), static_cast<unsigned long>(report.patients),
              static_cast<unsigned long>(report.rejected));
  EXPECT_GT(originals, 0u);
  vault::VerifyReport verified;
  EXPECT_TRUE(lab_.Verify(founder.get(), &verified).ok());
  EXPECT_EQ(verified.records, report.written + report.patients);  // each patient has a directory record too
}

TEST_P(WholeImport, AgainChangesNothing) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  const vault::ImportReport first = Import(*founder, GetParam(), Files());
  const vault::ImportReport second = Import(*founder, GetParam(), Files());
  EXPECT_EQ(second.written, 0u);
  EXPECT_EQ(second.unchanged, first.read);
  EXPECT_EQ(second.patients, 0u);
}

// ---- G1

// Every value of a JSON member whose name is one of these is personal.
void AddJsonValues(const std::string& text, std::set<std::string>& needles) {
  static constexpr std::string_view kMembers[] = {"family", "given", "id", "value", "text", "display", "line", "city", "data", "reference", "birthDate", "valueString", "div"};
  for (const std::string_view member : kMembers) {
    const std::string key = "\"" + std::string(member) + "\"";
    for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
      const std::size_t open = text.find_first_not_of(" :\n\t[", at + key.size());
      if (open == std::string::npos || text[open] != '"') continue;
      const std::size_t close = text.find('"', open + 1);
      if (close == std::string::npos || close - open <= Needles::kShortest) continue;
      // Long texts are searched by their first sentence-sized piece and one from their middle.
      const std::string value = text.substr(open + 1, close - open - 1);
      needles.insert(value.substr(0, 64));
      if (value.size() > 200) needles.insert(value.substr(value.size() / 2, 48));
    }
  }
}

void AddHl7Values(const std::string& text, std::set<std::string>& needles) {
  std::string value;
  for (const char c : text + "|") {
    if (std::string_view("|^~&\r\n").find(c) == std::string_view::npos) {
      value += c;
      continue;
    }
    if (value.size() >= Needles::kShortest) needles.insert(value.substr(0, 64));
    value.clear();
  }
}

std::vector<std::string> PlantMarkers(Laboratory& lab, vault::Session& session) {
  std::vector<std::string> markers;
  for (int i = 0; i < 100; ++i) {
    std::vector<std::string> own;
    for (int j = 0; j < 10; ++j) own.push_back("canary" + std::to_string(i * 10 + j) + "of" + std::to_string(i * 7919 + j));
    Bytes message;
    for (std::uint32_t field = 1; field <= 6; ++field) message = message + TextField(field, own[field - 1]);
    message = message + TextField(9, own[6]) + TextField(13, own[7]);
    EXPECT_TRUE(lab.Put(session, own[8], "Patient", own[9], message).ok());
    markers.insert(markers.end(), own.begin(), own.end());
  }
  return markers;
}

std::size_t Search(const Needles& needles, const fs::path& folder, std::string_view when) {
  const auto hits = needles.SearchTree(folder);
  for (std::size_t i = 0; i < std::min<std::size_t>(hits.size(), 5); ++i) ADD_FAILURE() << when << ": " << hits[i];
  return hits.size();
}

TEST(CanaryScan, NothingReadableInAnyFileOpenCrashedOrPurged) {
  Laboratory lab;
  const auto founder = lab.LoginAs(Laboratory::kFounder);
  std::set<std::string> words;
  for (const std::string& file : FhirFiles()) AddJsonValues(ReadAll(file), words);
  for (const std::string& file : Hl7Files()) AddHl7Values(ReadAll(file), words);
  for (const std::string& marker : PlantMarkers(lab, *founder)) words.insert(marker);
  Import(*founder, vault::SourceKind::kFhir, FhirFiles());
  Import(*founder, vault::SourceKind::kHl7v2, Hl7Files());

  // Words that an empty vault's files hold already (the database's own settings) say nothing about anybody.
  Laboratory empty;
  empty.LoginAs(Laboratory::kFounder);
  Needles all;
  std::vector<std::string> numbered;
  for (const std::string& word : words) {
    if (all.Add(word)) numbered.push_back(word);
  }
  std::set<std::size_t> innocent;
  for (const NeedleHit& hit : all.SearchTree(empty.folder())) innocent.insert(hit.needle);
  Needles needles;
  for (std::size_t i = 0; i < numbered.size(); ++i) {
    const bool added = innocent.contains(i) || needles.Add(numbered[i]);
    ASSERT_TRUE(added);
  }
  std::printf("%zu needles, %zu words of an empty vault left out\n", needles.size(), innocent.size());
  ASSERT_LE(innocent.size(), 20u);
  ASSERT_GE(needles.size(), 1000u);

  EXPECT_EQ(Search(needles, lab.folder(), "while open"), 0u);
  const fs::path crashed = lab.folder() / "crashed";
  fs::copy(lab.store(), crashed, fs::copy_options::recursive);  // what a killed process leaves
  {
    auto rows = store::OpenRocks(vault::RowsFolder(crashed.string()), {});
    ASSERT_TRUE(rows.ok());  // recovers its log into new files
  }
  EXPECT_EQ(Search(needles, crashed, "after a crash"), 0u);
  {
    auto call = founder->Enter();
    store::PurgeReport report;
    ASSERT_TRUE(call->core().rows->Purge({}, report).ok());
    ASSERT_TRUE(report.complete);
  }
  lab.Close();
  EXPECT_EQ(Search(needles, lab.folder(), "after a purge"), 0u);
}

}  // namespace
}  // namespace mseal::test
