// The schema records are written under now, with its classes as the store numbers them.
#pragma once

#include <memory>
#include <shared_mutex>
#include <vector>

#include "keys/meta_table.h"
#include "people/chain.h"
#include "schema/schema.h"

namespace mseal::vault {

// The field that an index is of, in its record type; without both when the schema has no such index.
struct IndexedField {
  const schema::TypePlan* type = nullptr;
  const schema::FieldPlan* field = nullptr;

  bool unique() const { return field != nullptr && field->unique; }
};

struct ActiveSchema {
  std::uint32_t version = 0;
  std::shared_ptr<const schema::Schema> schema;
  std::vector<people::ClassNumber> class_numbers;  // by schema::Schema::classes() index

  people::ClassNumber NumberOf(std::uint32_t class_index) const { return class_numbers[class_index]; }
  // The name of a class by its number in the store.
  std::string_view ClassName(people::ClassNumber number) const;
  IndexedField FindIndex(std::uint32_t index) const;
};

// Matches a schema with the classes that the chain names.
Result<std::shared_ptr<const ActiveSchema>> Activate(std::shared_ptr<const schema::Schema> schema,
                                                     std::uint32_t version, const people::Chain& chain);

// What a statement names a schema by.
ByteArray<32> DigestOfSchema(ByteView stored);

// Reads the chain's newest schema, or an older version, from meta. AuthFailed if it is not the one the chain names.
Result<std::shared_ptr<const ActiveSchema>> LoadActiveSchema(const keys::MetaTable& meta, const people::Chain& chain);
Result<std::shared_ptr<const ActiveSchema>> LoadActiveSchema(const keys::MetaTable& meta, const people::Chain& chain,
                                                             std::uint32_t version);

// The classes of a schema as the chain declares them.
std::vector<people::ClassEntry> ClassEntriesOf(const schema::Schema& schema);

// Holds the one in use. Any thread may call.
class SchemaBook {
 public:
  std::shared_ptr<const ActiveSchema> current() const;
  void Set(std::shared_ptr<const ActiveSchema> next);

 private:
  mutable std::shared_mutex mutex_;
  std::shared_ptr<const ActiveSchema> current_;
};

}  // namespace mseal::vault
