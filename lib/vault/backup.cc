// Makes, lists, checks and prunes backups.
#include "vault/backup.h"

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "vault/bundle.h"
#include "vault/log_copies.h"

namespace mseal::vault {
namespace {

using format::PlaceKind;

// The registered places, or the one at `path`; those of our own kind alone when backups are meant.
Result<std::vector<Place>> PlacesAt(const Core& core, const std::string& path, bool backups_alone) {
  const std::string full = path.empty() ? path : std::filesystem::absolute(path).lexically_normal().string();
  std::vector<Place> places;
  MS_TRY(ForEachPlace(core, [&](const Place& place) {
    const bool meant = !backups_alone || place.facts.kind == PlaceKind::kBackups;
    if (meant && (full.empty() || place.facts.path == full)) places.push_back(place);
    return Status::Ok();
  }));
  if (places.empty()) return Status::NotFound("no such backup place is registered: medseal backup register PLACE");
  return places;
}

format::BackupFacts FactsOf(const Core& core) {
  const auto chain = core.registry->chain();
  return {.store = core.identity.store,
          .epoch = core.meta->epoch(),
          .schema_version = chain->schema_version(),
          .statement_number = chain->newest_number(),
          .commit_counter = core.rows->CommitCounter(),
          .made_ms = NowMs()};
}

Status MakeBackup(Core& core, const Place& place, const std::function<bool(std::uint64_t)>& on_progress,
                  store::Backup& made) {
  MS_TRY(CheckReachable(core, place));
  MS_ASSIGN(const auto data, store::BackupPlace::Open(place.data(), {.create = true}));
  core.AtPoint("backup is made");
  const format::BackupFacts facts = FactsOf(core);
  MS_TRY(core.rows->Sync());  // no power cut takes the store back to fewer commits than a backup names
  MS_ASSIGN(made, data->Create(*core.rows, format::WriteBackupFacts(facts), on_progress));
  core.AtPoint("backup was made");
  return CopyLogTo(core, place.log());
}

// One at a time writes bundles: an epoch change does too.
Status RenewAll(Core& core, std::vector<format::EpochEnd::Place>& bundles) {
  const std::lock_guard lock(core.job_mutex);
  return RenewBundles(core, bundles);
}

Status RenewFor(Core& core, std::vector<BackupMade>& made) {
  std::vector<format::EpochEnd::Place> bundles;
  MS_TRY(RenewAll(core, bundles));
  for (BackupMade& one : made) {
    const auto own = std::find_if(bundles.begin(), bundles.end(), [&](const auto& b) { return b.id == one.place.id; });
    if (own != bundles.end()) one.bundle = own->bundle;
    if (one.status.ok() && one.bundle == 0)
      one.status = Status::IoError("the backup was made, but its place's bundle could not be renewed");
  }
  return Status::Ok();
}

Status FirstFailure(const std::vector<BackupMade>& made) {
  for (const BackupMade& one : made) MS_TRY(one.status);
  return Status::Ok();
}

}  // namespace

Status CreateBackups(Core& core, const std::string& path, const std::function<bool(std::uint64_t)>& on_progress,
                     std::vector<BackupMade>& out) {
  out.clear();
  MS_TRY(core.CheckWritable());
  MS_TRY(CheckSettled(core));
  MS_ASSIGN(const auto places, PlacesAt(core, path, /*backups_alone=*/true));
  for (const Place& place : places) {
    BackupMade& made = out.emplace_back();
    made.place = place;
    made.status = MakeBackup(core, place, on_progress, made.backup);
    if (made.status.code() == StatusCode::kCancelled) return made.status;
  }
  MS_TRY(RenewFor(core, out));
  return FirstFailure(out);
}

// ---- looking

namespace {

PlaceView::Entry Look(const Core& core, const store::Backup& backup) {
  PlaceView::Entry entry;
  entry.backup = backup;
  auto facts = format::ParseBackupFacts(backup.metadata);
  entry.known = facts.status();
  if (!facts.ok()) return entry;
  entry.facts = *facts;
  if (facts->store != core.identity.store) entry.known = Status::AuthFailed("the backup is another store's");
  entry.own_keys = entry.known.ok() && core.epochs->Find(facts->epoch) != nullptr;
  return entry;
}

void LookAtBundle(const Core& core, PlaceView& view) {
  const auto bundle = OpenedBundle::Open(view.place.bundle(), core.identity.store, core.identity.suite, *core.epochs);
  view.bundle = bundle.status();
  if (!bundle.ok()) return;
  view.bundle_number = bundle->list().number;
  view.bundle_epoch = bundle->list().epoch;
  view.bundle_made_ms = bundle->list().made_ms;
}

// Nothing was made there yet: no failure.
Result<std::unique_ptr<store::BackupPlace>> OpenData(const Place& place) {
  auto data = store::BackupPlace::Open(place.data(), {});
  if (data.code() == StatusCode::kNotFound) return std::unique_ptr<store::BackupPlace>();
  return data;
}

Status LookAtData(const Core& core, PlaceView& view) {
  MS_ASSIGN(const auto data, OpenData(view.place));
  if (data == nullptr) return Status::Ok();
  MS_ASSIGN(const store::BackupList list, data->List());
  for (const store::Backup& backup : list.usable) view.backups.push_back(Look(core, backup));
  view.damaged = list.damaged;
  return Status::Ok();
}

}  // namespace

Status ListBackups(Core& core, const std::string& path, std::vector<PlaceView>& out) {
  out.clear();
  MS_ASSIGN(const auto places, PlacesAt(core, path, /*backups_alone=*/false));
  for (const Place& place : places) {
    PlaceView& view = out.emplace_back();
    view.place = place;
    view.reached = CheckReachable(core, place);
    if (!view.reached.ok()) continue;
    LookAtBundle(core, view);
    view.reached = LookAtData(core, view);
  }
  return Status::Ok();
}

// ---- checking

namespace {

using OnChecked = std::function<void(const Place&, std::uint32_t, const Status&)>;

// Tells each outcome and keeps the first failure.
class Checks {
 public:
  Checks(const Place& place, const OnChecked& on_checked, Status& first)
      : place_(place), on_checked_(on_checked), first_(first) {}
  void Tell(std::uint32_t number, const Status& status) {
    if (on_checked_) on_checked_(place_, number, status);
    if (first_.ok()) first_ = status;
  }

 private:
  const Place& place_;
  const OnChecked& on_checked_;
  Status& first_;
};

Status CheckBundle(const Core& core, const Place& place) {
  MS_ASSIGN(const auto bundle,
            OpenedBundle::Open(place.bundle(), core.identity.store, core.identity.suite, *core.epochs));
  return bundle.CheckParts();
}

Status CheckData(const Place& place, std::uint32_t number, Checks& checks) {
  MS_ASSIGN(const auto data, OpenData(place));
  if (data == nullptr) return number == 0 ? Status::Ok() : Status::NotFound("the place has no backup of that number");
  if (number != 0) return checks.Tell(number, data->Verify(number)), Status::Ok();
  MS_ASSIGN(const store::BackupList list, data->List());
  for (const store::Backup& backup : list.usable) checks.Tell(backup.number, data->Verify(backup.number));
  for (const std::uint32_t damaged : list.damaged) checks.Tell(damaged, data->Verify(damaged));
  return Status::Ok();
}

}  // namespace

Status VerifyBackups(Core& core, const std::string& path, std::uint32_t number, const OnChecked& on_checked) {
  MS_ASSIGN(const auto places, PlacesAt(core, path, /*backups_alone=*/false));
  Status first = Status::Ok();
  for (const Place& place : places) {
    Checks checks(place, on_checked, first);
    const Status reached = CheckReachable(core, place);
    checks.Tell(0, reached.ok() ? CheckBundle(core, place) : reached);
    if (!reached.ok()) continue;
    const Status checked = CheckData(place, number, checks);
    if (!checked.ok()) checks.Tell(number, checked);
  }
  return first;
}

// ---- pruning

Status PruneBackups(Core& core, const std::string& path, const PruneRule& rule, std::size_t& removed) {
  removed = 0;
  if ((rule.keep == 0) == (rule.made_before == 0))
    return Status::InvalidArgument("pruning takes either a number of backups to keep or an age");
  if (path.empty()) return Status::InvalidArgument("pruning takes a backup place");
  MS_ASSIGN(const auto places, PlacesAt(core, path, /*backups_alone=*/true));
  MS_TRY(CheckReachable(core, places.front()));
  MS_ASSIGN(const auto data, OpenData(places.front()));
  if (data == nullptr) return Status::Ok();
  MS_ASSIGN(const store::BackupList list, data->List());
  std::vector<std::uint32_t> gone;
  for (std::size_t i = 0; i + 1 < list.usable.size(); ++i) {
    const bool too_many = rule.keep != 0 && i + rule.keep < list.usable.size();
    const bool too_old = list.usable[i].time < static_cast<std::int64_t>(rule.made_before);
    if (too_many || too_old) gone.push_back(list.usable[i].number);
  }
  if (gone.empty()) return Status::Ok();
  MS_TRY(data->Prune(gone));
  removed = gone.size();
  return Status::Ok();
}

// ---- copies by other tools

namespace {

// Lets go of a standstill when its time is over.
class BoundedStillStand {
 public:
  BoundedStillStand(std::unique_ptr<store::StillStand> standing, std::chrono::milliseconds longest)
      : standing_(std::move(standing)), timer_([this, longest] { Wait(longest); }) {}
  ~BoundedStillStand() { End(); }

  // False: the time was over before.
  bool End() {
    std::unique_lock lock(mutex_);
    const bool stood = standing_ != nullptr;
    standing_.reset();
    lock.unlock();
    ended_.notify_all();
    if (timer_.joinable()) timer_.join();
    return stood;
  }

 private:
  void Wait(std::chrono::milliseconds longest) {
    std::unique_lock lock(mutex_);
    ended_.wait_for(lock, longest, [this] { return standing_ == nullptr; });
    standing_.reset();
  }

  std::mutex mutex_;
  std::condition_variable ended_;
  std::unique_ptr<store::StillStand> standing_;
  std::thread timer_;
};

}  // namespace

Status HoldForCopy(Core& core, std::chrono::milliseconds longest, const std::function<void()>& work, bool& intact) {
  intact = false;
  MS_TRY(core.CheckWritable());
  MS_TRY(CheckSettled(core));
  MS_ASSIGN(auto standing, core.rows->HoldStill());
  {
    BoundedStillStand bounded(std::move(standing), longest);
    work();
    intact = bounded.End();
  }
  std::vector<format::EpochEnd::Place> bundles;
  return intact ? RenewAll(core, bundles) : Status::Ok();
}

}  // namespace mseal::vault
