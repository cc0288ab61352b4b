// Loads, checks and swaps the schema in use.
#include "vault/schema_book.h"

#include <mutex>

#include "crypto/hash.h"

namespace mseal::vault {

std::string_view ActiveSchema::ClassName(people::ClassNumber number) const {
  for (std::size_t i = 0; i < class_numbers.size(); ++i) {
    if (class_numbers[i] == number) return schema->classes()[i].name;
  }
  return "?";
}

IndexedField ActiveSchema::FindIndex(std::uint32_t index) const {
  for (const schema::TypePlan& type : schema->types()) {
    for (const schema::FieldPlan& field : type.fields) {
      if (field.index_id == index) return {&type, &field};
    }
  }
  return {};
}

Result<std::shared_ptr<const ActiveSchema>> Activate(std::shared_ptr<const schema::Schema> schema,
                                                     std::uint32_t version, const people::Chain& chain) {
  auto active = std::make_shared<ActiveSchema>();
  active->version = version;
  for (const schema::ClassPlan& plan : schema->classes()) {
    const auto number = chain.FindClass(plan.name);
    if (!number.has_value())
      return Status::AuthFailed("the schema uses a class that the chain of statements does not name");
    active->class_numbers.push_back(*number);
  }
  active->schema = std::move(schema);
  return std::shared_ptr<const ActiveSchema>(std::move(active));
}

ByteArray<32> DigestOfSchema(ByteView stored) { return crypto::Hash("medseal.v1.sch", stored); }

Result<std::shared_ptr<const ActiveSchema>> LoadActiveSchema(const keys::MetaTable& meta, const people::Chain& chain) {
  return LoadActiveSchema(meta, chain, chain.schema_version());
}

Result<std::shared_ptr<const ActiveSchema>> LoadActiveSchema(const keys::MetaTable& meta, const people::Chain& chain,
                                                             std::uint32_t version) {
  MS_ASSIGN(const SecretBytes stored, meta.Get(keys::MetaKind::kSchema, keys::MetaIdOf({version})));
  const ByteArray<32>* named = chain.SchemaDigest(version);
  if (named == nullptr || DigestOfSchema(stored.Reveal()) != *named)
    return Status::AuthFailed("the schema is not the one the chain of statements names");
  MS_ASSIGN(auto schema, schema::Schema::LoadStored(stored.Reveal()));
  return Activate(std::move(schema), version, chain);
}

std::vector<people::ClassEntry> ClassEntriesOf(const schema::Schema& schema) {
  std::vector<people::ClassEntry> entries;
  for (const schema::ClassPlan& plan : schema.classes()) entries.push_back({plan.name, plan.no_index});
  return entries;
}

std::shared_ptr<const ActiveSchema> SchemaBook::current() const {
  std::shared_lock lock(mutex_);
  return current_;
}

void SchemaBook::Set(std::shared_ptr<const ActiveSchema> next) {
  std::unique_lock lock(mutex_);
  current_ = std::move(next);
}

}  // namespace mseal::vault
