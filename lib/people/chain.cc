// Answers what the chain says.
#include "people/chain.h"

#include "base/writer.h"
#include "crypto/hash.h"
#include "people/policy.h"

namespace mseal::people {

ByteArray<32> DigestOfClassKey(const keys::StoreId& store, ClassNumber number, ClassKeyVersion version, KeyView key) {
  Bytes named;
  Writer(named).Raw(store).U8(number).U32(version);
  return crypto::Prf32(key, "medseal.v1.class", named);
}

const Person* Chain::FindPerson(PersonNumber number) const {
  const auto found = persons_.find(number);
  return found == persons_.end() ? nullptr : &found->second;
}

const Person* Chain::FindPerson(std::string_view name) const {
  const auto found = numbers_by_name_.find(name);
  if (found == numbers_by_name_.end()) return nullptr;
  const Person* person = FindPerson(found->second);
  return person->name == name ? person : nullptr;  // or it is one of before
}

std::vector<const Person*> Chain::persons() const {
  std::vector<const Person*> all;
  for (const auto& [number, person] : persons_) all.push_back(&person);
  return all;
}

std::optional<ClassNumber> Chain::FindClass(std::string_view name) const {
  for (const auto& [number, entry] : classes_) {
    if (entry.name == name) return number;
  }
  return std::nullopt;
}

ClassKeyVersion Chain::NewestVersion(ClassNumber number) const {
  const auto past = class_keys_.upper_bound({number, UINT32_MAX});
  if (past == class_keys_.begin()) return 0;
  const auto& [newest_class, version] = std::prev(past)->first;
  return newest_class == number ? version : 0;
}

const ClassKeyEntry* Chain::FindClassKey(ClassNumber number, ClassKeyVersion version) const {
  const auto found = class_keys_.find({number, version});
  return found == class_keys_.end() ? nullptr : &found->second;
}

std::uint64_t Chain::policy(std::string_view name) const {
  const auto said = policy_.find(name);
  if (said != policy_.end()) return said->second;
  const PolicyEntry* const entry = FindPolicy(name);
  return entry == nullptr ? 0 : entry->initial;
}

const ByteArray<32>* Chain::SchemaDigest(std::uint32_t version) const {
  return version == 0 || version > schemas_.size() ? nullptr : &schemas_[version - 1];
}

}  // namespace mseal::people
