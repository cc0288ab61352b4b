// Values that go before their record: their groups become void in the row and in its history, without any class key.
#include <algorithm>

#include "format/group.h"
#include "vault/marks.h"
#include "vault/patient_change.h"

namespace mseal::vault {
namespace {

using format::HeaderGroup;

// One row with some of its groups let go.
class Emptied {
 public:
  Emptied(const ActiveSchema& schema, const schema::TypePlan& type, const OpenedRow& old, const GroupFilter& gone)
      : schema_(schema), type_(type), old_(old) {
    for (const HeaderGroup& group : old.header.groups) {
      if (group.state == format::GroupState::kSealed && gone(old.header, group)) gone_.push_back(&group);
    }
  }

  bool empty() const { return gone_.empty(); }

  format::Header NextHeader() const {
    const format::Header& old = old_.header;
    format::Header next;
    next.type = old.type;
    next.record_id = SecretBytes::CopyOf(old.record_id.Reveal());
    next.version = old.version;
    next.written_ms = old.written_ms;
    next.retain_until_ms = old.retain_until_ms;
    next.ordered = old.ordered;
    std::copy_if(old.postings.begin(), old.postings.end(), std::back_inserter(next.postings),
                 [&](const format::HeaderPosting& posting) { return Stays(posting); });
    std::copy_if(old.streams.begin(), old.streams.end(), std::back_inserter(next.streams),
                 [&](const format::HeaderStream& stream) { return !Gone(type_.FindField(stream.field)); });
    return next;
  }

  std::vector<GroupDraft> Drafts() const {
    std::vector<GroupDraft> drafts;
    for (const HeaderGroup& group : old_.header.groups) {
      const bool gone = std::find(gone_.begin(), gone_.end(), &group) != gone_.end();
      drafts.push_back(gone ? VoidFor(group)
                            : GroupDraft{.header = group,
                                         .how = GroupDraft::How::kCarry,
                                         .content = {},
                                         .key = nullptr,
                                         .message = old_.Message(group)});
    }
    return drafts;
  }

 private:
  // As a field without a value has it: a class_by field lies under the class of none.
  GroupDraft VoidFor(const HeaderGroup& group) const {
    GroupDraft draft;
    draft.header.class_number = group.class_number;
    draft.header.field = group.field;
    draft.header.schema_version = group.schema_version;
    std::size_t least_size = 0;
    for (const schema::GroupPlan& plan : type_.groups) {
      if (!Is(plan, group)) continue;
      draft.header.class_number = schema_.NumberOf(plan.class_index);
      least_size = plan.least_size;
    }
    draft.void_size = format::EmptyGroupSize(least_size);
    return draft;
  }

  bool Is(const schema::GroupPlan& plan, const HeaderGroup& group) const {
    if (plan.by_rules) return group.field == type_.fields[plan.fields.front()].number;
    return group.field == 0 && group.class_number == schema_.NumberOf(plan.class_index);
  }

  const schema::FieldPlan* FieldOfIndex(std::uint32_t index) const {
    const auto found = std::find_if(type_.fields.begin(), type_.fields.end(),
                                    [&](const schema::FieldPlan& field) { return field.index_id == index; });
    return found == type_.fields.end() ? nullptr : &*found;
  }

  // An index that the schema has no more is for nothing: its token goes too.
  bool Stays(const format::HeaderPosting& posting) const {
    const schema::FieldPlan* field = FieldOfIndex(posting.index);
    return field != nullptr && !Gone(field);
  }

  // Whether a sealed field's value is let go; one that the schema does not name is of the general group.
  bool Gone(const schema::FieldPlan* field) const {
    const schema::GroupPlan& plan = type_.groups[field == nullptr ? type_.general_group : field->group];
    return std::any_of(gone_.begin(), gone_.end(), [&](const HeaderGroup* group) { return Is(plan, *group); });
  }

  const ActiveSchema& schema_;
  const schema::TypePlan& type_;
  const OpenedRow& old_;
  std::vector<const HeaderGroup*> gone_;
};

void AddStreams(const format::Header& header, std::vector<format::HeaderStream>& streams) {
  streams.insert(streams.end(), header.streams.begin(), header.streams.end());
}

}  // namespace

Status PatientChange::LetGo(std::string_view type_name, ByteView record_id, const GroupFilter& gone) {
  MS_TRY(CheckNotHeld(core_, patient()));
  const schema::TypePlan* type = schema_->schema->FindType(type_name);
  if (type == nullptr) return Status::InvalidArgument("the schema has no such record type");
  const RecordPlace place = PlaceRecord(core_.identity, *keys_, type_name, record_id);
  MS_ASSIGN(const std::optional<OpenedRow> live, ReadRecord(place));
  if (!live.has_value()) return Status::NotFound("no such record");
  // A stream may be named by several versions: it goes with the last that names it.
  std::vector<format::HeaderStream> before, after;
  const auto empty = [&](ByteView row_key, const OpenedRow& old, bool is_live) -> Status {
    const Emptied emptied(*schema_, *type, old, gone);
    AddStreams(old.header, before);
    if (emptied.empty()) return AddStreams(old.header, after), Status::Ok();
    format::Header next = emptied.NextHeader();
    AddStreams(next, after);
    std::vector<GroupDraft> drafts = emptied.Drafts();
    Bytes row;
    seal::Commitment commitment;
    SealRow(core_.identity, *keys_, place, old.row.public_part, drafts, next, row, commitment);
    overlay_.Put(store::Table::kRecords, row_key, row);
    RemoveRow(row_key, old.commitment);
    AddRow(row_key, commitment);
    changed_ = true;
    return is_live ? MovePostings(&old, next, place, {}) : Status::Ok();
  };
  MS_TRY(ForEachReplaced(*live, [&](ByteView row_key, const OpenedRow& old) { return empty(row_key, old, false); }));
  MS_TRY(empty(LiveRowKey(place), *live, true));
  for (const format::HeaderStream& stream : before) {
    if (std::find(after.begin(), after.end(), stream) == after.end()) DropChunks(stream);
  }
  return Status::Ok();
}

}  // namespace mseal::vault
