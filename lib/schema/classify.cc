// The walk that gives a value its class.
#include "schema/classify.h"

#include "schema/wire.h"

namespace mseal::schema {
namespace {

constexpr int kMaxDepth = 100;

class Walk {
 public:
  Walk(const Rules& rules, const TypePlan& type) : rules_(rules), type_(type), best_(rules.unknown()) {}

  Rank best() const { return whole_ ? best_ : 0; }

  void Message(const MessagePlan& plan, ByteView message, int depth) {
    if (depth > kMaxDepth) whole_ = false;
    if (!whole_ || best_ == 0) return;
    const ByteView system = SystemIn(plan, message);
    WireReader in(message);
    for (Occurrence found; in.Next(found);) {
      const WireSlot* slot = plan.Find(found.number);
      if (slot != nullptr && slot->wire_type == found.wire_type) Field(*slot, found, system, depth);
    }
    whole_ = whole_ && in.ok();
  }

 private:
  // A code may come before its system: the system is looked for first.
  static ByteView SystemIn(const MessagePlan& plan, ByteView message) {
    ByteView system;
    WireReader in(message);
    for (Occurrence found; in.Next(found);) {
      const WireSlot* slot = plan.Find(found.number);
      if (slot != nullptr && slot->role == RuleRole::kSystem) system = found.payload;
    }
    return system;
  }

  void Field(const WireSlot& slot, const Occurrence& found, ByteView system, int depth) {
    if (slot.nested != kNone) return Message(type_.messages[slot.nested], found.payload, depth + 1);
    if (!slot.text) return;
    switch (slot.role) {
      case RuleRole::kCode:
        best_ = rules_.MatchCode(system, found.payload, best_);
        return;
      case RuleRole::kLabel:
        best_ = rules_.MatchLabel(found.payload, best_);
        return;
      case RuleRole::kSegment:
        best_ = rules_.MatchSegment(found.payload, best_);
        return;
      case RuleRole::kSystem:
        return;
      case RuleRole::kNoRole:
        best_ = rules_.MatchText(found.payload, best_);
    }
  }

  const Rules& rules_;
  const TypePlan& type_;
  Rank best_;
  bool whole_ = true;
};

}  // namespace

Rank RankOf(const Rules& rules, const TypePlan& type, const FieldPlan& field, ByteView wire) {
  const WireSlot* slot = type.messages[0].Find(field.number);
  Walk walk(rules, type);
  WireReader in(wire);
  for (Occurrence found; in.Next(found);) {
    if (found.wire_type != WireType::kLength || found.number != field.number) return 0;
    walk.Message(type.messages[slot->nested], found.payload, 1);
  }
  return in.ok() ? walk.best() : 0;
}

}  // namespace mseal::schema
