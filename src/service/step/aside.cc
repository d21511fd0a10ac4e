#include "service/step/aside.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "service/authority/authorize.h"
#include "service/step/tidings.h"

namespace hansa::service {
namespace {

constexpr std::size_t kNamedMax = 5;

std::vector<std::string> failed_of(const CheckRun& run) {
  std::vector<std::string> out;
  for (const CheckResult& each : run.results)
    if (refuses(each) && out.size() < kNamedMax) out.push_back(each.name);
  return out;
}

std::string next_of(const Target& target, std::string_view publish) {
  return fmt::format("look at it: hansa quarantine show {} {}", target.ref, publish);
}

HeldBatch batch_of(const std::vector<iceberg::DataFile>& files, const api::Publish& ask,
                   const Gate& gate) {
  HeldBatch out{.run = gate.outcome(),
                .replaces = ask.mode == api::PublishMode::overwrite,
                .files = static_cast<std::uint32_t>(files.size()),
                .made_by = {ask.made_by.begin(), ask.made_by.end()}};
  for (const iceberg::DataFile& file : files) {
    out.rows += static_cast<std::uint64_t>(file.record_count);
    out.bytes += static_cast<std::uint64_t>(file.file_size);
  }
  return out;
}

// The table as it is, changed by `step`, in the name of whoever may publish there.
Result<Seq> change_table(const Context& context, Live& live, World& world, const Target& target,
                         std::string_view event, Json details,
                         const std::function<Result<void>(Table&)>& step,
                         const std::function<store::Message(const View&, const Port&)>& tell) {
  return commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    const auto* port = view.mesh.find<Port>(target.port);
    const auto* table = view.mesh.find<Table>(target.port.ulid);
    if (port == nullptr || table == nullptr) return unknown("port", target.ref);
    HANSA_TRY(Permit permit, authorize(context, view, Action::publish, on(*port), target.ref));
    Table after = *table;
    HANSA_CHECK(step(after));
    Attempt out =
        attempt(std::move(permit), change(context, share(std::move(after)), event, details));
    if (tell) out.messages.push_back(tell(view, *port));
    return out;
  });
}

}  // namespace

Json held_details(std::string_view ref, const HeldBatch& batch) {
  return Json::Object{{"port", ref},
                      {"publish", batch.run.publish},
                      {"rows", batch.rows},
                      {"failed", batch.run.failed},
                      {"checks", join(failed_of(batch.run), ", ")}};
}

Error keep_aside(const Context& context, Live& live, World& world, const Target& target,
                 const std::vector<iceberg::DataFile>& files, const api::Publish& ask,
                 const Gate& gate) {
  const HeldBatch batch = batch_of(files, ask, gate);
  const auto kept = change_table(
      context, live, world, target, "quarantine.held", held_details(target.ref, batch),
      [&](Table& table) { return hold(table, batch, context.now); },
      [&](const View& view, const Port& port) {
        return tell_owner(context, view, port, "quality.failed",
                          Json::Object{{"port", target.ref},
                                       {"checks", join(failed_of(batch.run), ", ")},
                                       {"failed", std::to_string(batch.run.failed)},
                                       {"rows", std::to_string(batch.rows)},
                                       {"next", next_of(target, ask.publish)}});
      });
  if (kept)
    return gate.refusal(
        target, fmt::format("nothing was published; it is kept in quarantine as {}", ask.publish),
        next_of(target, ask.publish));
  if (kept.error().code != Code::exhausted) return kept.error();
  return gate.refusal(target, "nothing was published, nor kept, since " + kept.error().text,
                      kept.error().next);
}

Result<void> not_aside(const Target& target, std::string_view publish, Time now) {
  const Table table{
      .id = target.port, .location = target.location, .states = {}, .held = target.held};
  const HeldBatch* batch = find_held(table, publish);
  if (batch == nullptr) return {};
  if (state_of(*batch, now) != HeldState::waits)
    return conflict(
        fmt::format("publish {} into {} was in quarantine, and is given up", publish, target.ref),
        "publish corrected data under a new id");
  std::vector<std::string> shown;
  for (const CheckResult& each : batch->run.results)
    if (refuses(each) && shown.size() < kNamedMax) shown.push_back(to_text(each));
  return std::unexpected(Error{
      Code::check_failed,
      fmt::format("the data breaks the contract of {}, and nothing was published; it is kept in "
                  "quarantine as {}: {}",
                  target.ref, publish, join(shown, "; ")),
      next_of(target, publish)});
}

Result<void> note_again(const Context& context, Live& live, World& world, const Target& target,
                        const Gate& gate) {
  const CheckRun& run = gate.outcome();
  HANSA_CHECK(change_table(
      context, live, world, target, "quarantine.tried",
      Json::Object{{"port", target.ref}, {"publish", run.publish}, {"failed", run.failed}},
      [&](Table& table) -> Result<void> {
        for (HeldBatch& each : table.held) {
          if (each.run.publish != run.publish || state_of(each, context.now) != HeldState::waits)
            continue;
          // It waits since it was held, whoever tries.
          const Time at = each.run.at;
          const PrincipalId by = each.run.by;
          each.run = run;
          each.run.at = at;
          each.run.by = by;
          return {};
        }
        return conflict("it was released or dropped meanwhile", "hansa quarantine ls PORT");
      },
      {}));
  return {};
}

}  // namespace hansa::service
