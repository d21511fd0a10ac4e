#include "service/step/copies.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"
#include "query/visible.h"
#include "service/step/written.h"
#include "world/engine/engine.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

constexpr std::string_view kBucket = "visible";

constexpr std::string_view kPart = "the part of the data that your access shows";

// Errors of the stage that sees hidden rows: their texts may hold values, so only their kind is
// told.
Error told(Code code, std::string_view what) {
  if (code == Code::exhausted)
    return {
        code,
        fmt::format("{} could not be prepared within the limits of time, memory and disk", what),
        "try again with more time (--timeout), or ask the owner for a product of that part"};
  if (code == Code::unavailable)
    return {code, fmt::format("preparing {} was cut", what), "try again"};
  return {Code::corrupt, fmt::format("{} could not be prepared", what),
          "tell the owner of the data: its files, the filter of the access, or the query of the "
          "view are at fault"};
}

std::unexpected<Error> does_not_exist(const std::string& ref) {
  return not_found(ref + " was removed meanwhile");
}

Error told(const Error& error, const ViewAsk& ask) {
  // Whose right ended is told in words made for the reader.
  if (ask.tell || error.code == Code::denied) return error;
  return told(error.code, fmt::format("{}, a view,", ask.made_of->ref));
}

Error told(const Error& error, const BridgeAsk& ask) {
  if (ask.tell || error.code == Code::denied) return error;
  return told(error.code, ask.made_of->ref);
}

// What came out has to be what the contract says, as it has of a published file.
Result<void> check_fit(const Context& context, engine::Engine& engine, PrincipalId as,
                       const std::string& ref, const Schema& columns, const query::PlanFile& file) {
  HANSA_TRY(auto lease, engine.lease(as, context.deadline, context.stop));
  const auto footers = lease->inspect(query::ClosedPlan::inspect({.files = {file}, .bounds = {}}));
  if (!as) lease->kill();  // The file is the work of somebody's text, and nobody's worker is all's.
  HANSA_CHECK(footers);
  if (footers->size() != 1) return corrupt("a worker did not answer for the file", "try again");
  const auto differ = misfits(columns, footers->front().schema);
  if (differ.empty()) return {};
  return blocked(
      fmt::format("the query does not fit the contract of {}: {}", ref, join(differ, "; ")),
      "cast or rename in the query, or change the contract");
}

}  // namespace

VisibleCopy::~VisibleCopy() {
  if (pushed_out) (void)where.remove(at);
}

VisibleCopies::VisibleCopies(std::unique_ptr<object::ObjectStore> where, Secret<std::string> key,
                             const Live& live, Running& running, std::uint64_t bytes_max)
    : where_(std::move(where)),
      key_(std::move(key)),
      live_(live),
      running_(running),
      bytes_max_(bytes_max) {}
VisibleCopies::~VisibleCopies() = default;

Result<std::unique_ptr<VisibleCopies>> VisibleCopies::open(
    std::unique_ptr<object::ObjectStore> where, Secret<std::string> key, const Live& live,
    Running& running, std::uint64_t bytes_max) {
  HANSA_CHECK(where->make_bucket(kBucket));
  return std::unique_ptr<VisibleCopies>(
      new VisibleCopies(std::move(where), std::move(key), live, running, bytes_max));
}

std::string VisibleCopies::mask_key(const CopyAsk& ask) const {
  return to_hex(hmac_sha256(key_.expose(), "mask " + to_text(ask.product)));
}

std::string VisibleCopies::key_of(const CopyAsk& ask) const {
  Digest digest;
  digest.add(to_text(ask.whole.port));
  digest.add(fmt::format(" {} ", ask.state));
  digest.add(query::visible_sql(ask.visible, ask.whole.columns, "port", mask_key(ask)));
  return to_hex(digest.finish());
}

std::shared_ptr<const VisibleCopy> VisibleCopies::look(const std::string& key) {
  const auto found = known_.find(key);
  if (found == known_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second.used);
  return found->second.copy;
}

std::shared_ptr<const VisibleCopy> VisibleCopies::find(const CopyAsk& ask) {
  return find(key_of(ask));
}

std::shared_ptr<const VisibleCopy> VisibleCopies::find(const PlannedView& view) {
  return find(view.key);
}

std::shared_ptr<const VisibleCopy> VisibleCopies::find(const std::string& key) {
  std::shared_ptr<const VisibleCopy> copy;
  {
    const std::lock_guard lock(mutex_);
    copy = look(key);
  }
  if (copy == nullptr) return nullptr;
  // Somebody may have deleted it: then it is made anew.
  const auto info = where_->info(copy->at);
  if (info && info->bytes == copy->file.bytes) return copy;
  const std::lock_guard lock(mutex_);
  if (look(key) == copy) forget(key);
  return nullptr;
}

void VisibleCopies::forget(const std::string& key) {
  const auto found = known_.find(key);
  bytes_ -= found->second.copy->file.bytes;
  found->second.copy->pushed_out = true;
  order_.erase(found->second.used);
  known_.erase(found);
}

void VisibleCopies::keep(const std::string& key, std::shared_ptr<VisibleCopy> copy) {
  bytes_ += copy->file.bytes;
  order_.push_front(key);
  known_.emplace(key, Known{std::move(copy), order_.begin()});
  while (bytes_ > bytes_max_ && order_.size() > 1) forget(std::string(order_.back()));
}

Result<std::shared_ptr<VisibleCopy>> VisibleCopies::write(const Making& making,
                                                          std::shared_ptr<engine::Lease> lease,
                                                          const std::string& name,
                                                          const std::string& label,
                                                          engine::Opened opened) {
  HANSA_TRY(const Location at, Location::make(kBucket, name + ".parquet"));
  const Context& context = making.context;
  const Guard guard = running_.guard(live_, context.now,
                                     {.id = new_id<QueryId>(context.now),
                                      .who = context.who.id,
                                      .credential = context.who.credential,
                                      .started = context.now,
                                      .permits = making.permits,
                                      .borrowed = making.borrowed,
                                      .ports = {making.ref},
                                      .counters = opened.counters,
                                      .gone = context.stop,
                                      .kill = [lease] { lease->kill(); },
                                      .end = {}},
                                     std::move(opened.rows));
  HANSA_TRY(const auto info, write_object(*where_, at, *guard.rows, UINT64_MAX));
  HANSA_TRY(std::string path, where_->local(at));
  const query::PlanFile file{.path = std::move(path),
                             .label = label,
                             .bytes = info.bytes,
                             .rows = opened.counters->look().rows};
  return std::make_shared<VisibleCopy>(file, *where_, at);
}

Result<std::shared_ptr<VisibleCopy>> VisibleCopies::write_part(const Context& context,
                                                               engine::Engine& engine,
                                                               const CopyAsk& ask,
                                                               const std::string& name) {
  HANSA_TRY(query::ClosedPlan plan,
            query::ClosedPlan::copy(ask.whole, ask.visible, ask.permit, mask_key(ask)));
  // Nobody's worker: it has never met the statement of anybody.
  HANSA_TRY(std::shared_ptr<engine::Lease> lease,
            engine.lease(PrincipalId{}, context.deadline, context.stop));
  HANSA_TRY(engine::Opened opened, lease->run(std::move(plan), Want{}));
  const Making making{
      context, {ask.permit}, {}, fmt::format("{}.{}", ask.whole.schema, ask.whole.name)};
  return write(making, lease, name,
               fmt::format("the visible part of {}.{}", ask.whole.schema, ask.whole.name),
               std::move(opened));
}

// What it really reads, which may be more than was known when it was set.
Result<void> VisibleCopies::still_protected(const PlannedView& made_of,
                                            const query::Bound& bound) const {
  return live_.read([&](const View& view) -> Result<void> {
    const auto* port = view.mesh.find<Port>(made_of.port);
    if (port == nullptr) return does_not_exist(made_of.ref);
    return check_protection(view, *port, sources_of(made_of.sources, bound));
  });
}

Result<std::shared_ptr<VisibleCopy>> VisibleCopies::write_view(const Context& context,
                                                               engine::Engine& engine,
                                                               const ViewAsk& ask,
                                                               const std::string& name) {
  query::Plan plan = ask.plan;
  plan.output.format = query::Format::parquet;
  plan.bounds.rows_max = query::rows_all;  // a copy is whole or none
  HANSA_TRY(query::ClosedPlan closed,
            query::ClosedPlan::close(std::move(plan), ask.made_of->sources.permits));
  HANSA_TRY(std::shared_ptr<engine::Lease> lease,
            engine.lease(ask.made_of->as.id, context.deadline, context.stop));
  HANSA_TRY(engine::Opened opened, lease->run(std::move(closed), Want{}));
  ask.reads->bound(opened.bound);
  HANSA_CHECK(still_protected(*ask.made_of, opened.bound));
  HANSA_TRY(const auto tickets, ask.reads->open(context.now));
  HANSA_CHECK(tickets.durable());
  const auto counters = opened.counters;
  Making making{context, {}, borrowed(ask.made_of->sources), ask.made_of->ref};
  for (const Permit& permit : ask.made_of->sources.permits)
    making.borrowed.push_back({permit, does_not_answer(*ask.made_of)});
  HANSA_TRY(auto copy, write(making, lease, name, ask.made_of->ref, std::move(opened)));
  lease.reset();
  auto fits = check_fit(context, engine, ask.made_of->as.id, ask.made_of->ref, ask.made_of->columns,
                        copy->file);
  if (!fits) copy->pushed_out = true;  // Nobody gets it.
  HANSA_CHECK(fits);
  ask.reads->end({"ok", {}, counters->look()});
  return copy;
}

Result<std::shared_ptr<const VisibleCopy>> VisibleCopies::make(const Context& context,
                                                               engine::Engine& engine,
                                                               const CopyAsk& ask, bool placed) {
  auto made = make(context, key_of(ask), placed,
                   [&](const std::string& name) { return write_part(context, engine, ask, name); });
  if (made) return made;
  log(Level::warning, "a visible copy could not be made",
      {{"port", to_text(ask.whole.port)}, {"code", std::string(name_of(made.error().code))}});
  if (made.error().code == Code::denied) return made;  // the caller's own right ended
  return std::unexpected(told(made.error().code, kPart));
}

Result<std::shared_ptr<const VisibleCopy>> VisibleCopies::make(const Context& context,
                                                               engine::Engine& engine,
                                                               const ViewAsk& ask, bool placed) {
  auto made = make(context, ask.made_of->key, placed,
                   [&](const std::string& name) { return write_view(context, engine, ask, name); });
  if (made) return made;
  ask.reads->end(ending_of(made.error(), context.stop.stop_requested()));
  log(Level::warning, "a view could not be made",
      {{"port", ask.made_of->ref}, {"code", std::string(name_of(made.error().code))}});
  return std::unexpected(told(made.error(), ask));
}

Result<std::shared_ptr<VisibleCopy>> VisibleCopies::write_bridge(const Context& context,
                                                                 engine::Engine& engine,
                                                                 const BridgeAsk& ask,
                                                                 const std::string& name) {
  const PlannedBridge& made_of = *ask.made_of;
  query::Relation next = made_of.next;
  next.files = ask.files;
  HANSA_TRY(query::ClosedPlan closed,
            query::ClosedPlan::bridge(std::move(next), *made_of.old, ask.permit));
  // Nobody's worker, and nobody meets it again: the text is that of the version's owner.
  HANSA_TRY(std::shared_ptr<engine::Lease> lease,
            engine.lease(PrincipalId{}, context.deadline, context.stop));
  const Making making{context, {ask.permit}, {}, made_of.ref};
  auto copy = [&]() -> Result<std::shared_ptr<VisibleCopy>> {
    HANSA_TRY(engine::Opened opened, lease->run(std::move(closed), Want{}));
    return write(making, lease, name, made_of.ref, std::move(opened));
  }();
  lease->kill();
  lease.reset();
  HANSA_CHECK(copy);
  auto fits =
      check_fit(context, engine, PrincipalId{}, made_of.ref, made_of.columns, (*copy)->file);
  if (!fits) (*copy)->pushed_out = true;
  HANSA_CHECK(fits);
  return copy;
}

Result<std::shared_ptr<const VisibleCopy>> VisibleCopies::make(const Context& context,
                                                               engine::Engine& engine,
                                                               const BridgeAsk& ask, bool placed) {
  auto made = make(context, ask.made_of->key, placed, [&](const std::string& name) {
    return write_bridge(context, engine, ask, name);
  });
  if (made) return made;
  log(Level::warning, "a bridge could not be made",
      {{"port", ask.made_of->ref}, {"code", std::string(name_of(made.error().code))}});
  return std::unexpected(told(made.error(), ask));
}

Result<std::shared_ptr<const VisibleCopy>> VisibleCopies::make(const Context& context,
                                                               const std::string& key, bool placed,
                                                               const Write& write) {
  const auto known = [&] {
    const std::lock_guard lock(mutex_);
    return look(key);
  };
  // Whoever waits looks again: the one who made it may have been cut, and then it is this one's
  // turn.
  HANSA_TRY(const Turns::Turn turn,
            places_.take(context, key, {placed, [&] { return known() != nullptr; }}));
  if (auto copy = known()) return copy;
  // A name of its own: one that was pushed out and is still in use keeps its file.
  HANSA_TRY(auto made, write(fmt::format("{}-{}", key, ++made_)));
  const std::lock_guard lock(mutex_);
  keep(key, made);
  return made;
}

}  // namespace hansa::service
