#include "service/step/gate.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "service/authority/authorize.h"
#include "service/step/held.h"
#include "service/step/tidings.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

constexpr std::size_t kShownMax = 5;
constexpr std::size_t kSaidMax = 3;

Result<void> add_file(World& world, const Location& at, std::vector<query::PlanFile>& out) {
  HANSA_TRY(const object::ObjectInfo info, world.objects.info(at));
  HANSA_TRY(std::string path, world.objects.local(at));
  out.push_back({.path = std::move(path), .label = at.text(), .bytes = info.bytes});
  return {};
}

Checks with_run(const View& view, PortId port, CheckRun run) {
  const auto* known = view.mesh.find<Checks>(port);
  Checks out = known ? *known : Checks{.id = port, .runs = {}};
  add_run(out, std::move(run));
  return out;
}

// What runs by itself would note the same refusal every time.
bool is_known(const View& view, PortId port, const CheckRun& run) {
  const auto* checks = view.mesh.find<Checks>(port);
  if (checks == nullptr || checks->runs.empty()) return false;
  const CheckRun& last = checks->runs.back();
  return last.snapshot == 0 && last.rows == run.rows && last.results == run.results;
}

Json details_of(const Target& target, const CheckRun& run) {
  Json names{Json::Array{}};
  for (const CheckResult& each : run.results)
    if (each.status == CheckStatus::failed && names.as_array()->size() < kShownMax)
      names.push(each.name);
  return Json::Object{{"port", target.ref},     {"publish", run.publish}, {"rows", run.rows},
                      {"passed", run.passed},   {"failed", run.failed},   {"warned", run.warned},
                      {"not_run", run.not_run}, {"checks", names}};
}

// Which checks, and how many rows were looked at: no value of any.
Json facts_of(const Target& target, const CheckRun& run) {
  std::vector<std::string> failed;
  for (const CheckResult& each : run.results)
    if (each.status == CheckStatus::failed && failed.size() < kShownMax)
      failed.push_back(each.name);
  return Json::Object{{"port", target.ref},
                      {"checks", join(failed, ", ")},
                      {"failed", std::to_string(run.failed)},
                      {"rows", std::to_string(run.rows)},
                      {"next", "hansa get checks " + target.ref}};
}

}  // namespace

Result<ContractChecks> contract_checks(const Live& live, PortId port) {
  struct Known {
    PackedText manifest;
    std::string name;
  };
  const Known known = live.read([&](const View& view) {
    const auto* found = view.mesh.find<Port>(port);
    const auto* contract = found ? view.mesh.find<Contract>(found->contract) : nullptr;
    return contract ? Known{contract->manifest, found->name} : Known{};
  });
  ContractChecks out{.checks = {}, .manifest = known.manifest};
  if (known.name.empty()) return out;
  HANSA_TRY(const contract::DataContract document, document_of(known.manifest));
  out.checks = contract::checks_of(document, known.name).checks;
  return out;
}

api::CheckView present(const CheckResult& result) {
  return {.name = result.name,
          .kind = result.kind,
          .columns = result.columns,
          .status = result.status,
          .severity = result.warns ? "warning" : "error",
          .measured = result.measured,
          .wanted = result.wanted,
          .why = result.why};
}

api::CheckReport report_of(const CheckRun& run) {
  api::CheckReport out{.at = run.at,
                       .publish = run.publish,
                       .refused = run.snapshot == 0,
                       .rows = run.rows,
                       .passed = run.passed,
                       .failed = run.failed,
                       .warned = run.warned,
                       .not_run = run.not_run};
  if (run.snapshot != 0) out.snapshot = std::to_string(run.snapshot);
  std::vector<std::string> says;
  for (const CheckResult& each : run.results) {
    out.checks.push_back(present(each));
    if (each.status != CheckStatus::passed && says.size() < kSaidMax) says.push_back(to_text(each));
  }
  out.says = join(says, "; ");
  return out;
}

Result<Gate> Gate::open(const Context& context, const Live& live, const Target& target,
                        bool tells) {
  Gate out;
  out.tells_ = tells;
  HANSA_TRY(out.contract_, contract_checks(live, target.port));
  if (out.is_open()) return out;
  HANSA_CHECK(live.read([&](const View& view) -> Result<void> {
    const auto* port = view.mesh.find<Port>(target.port);
    if (port == nullptr) return unknown("port", target.ref);
    HANSA_TRY(Permit permit, authorize(context, view, Action::read, on(*port), target.ref));
    // Whoever publishes owns, and owners read all: if that ever changes, no value is told.
    out.tells_ = out.tells_ && !permit.decision().visible;
    out.permits_.push_back(std::move(permit));
    out.relation_ = relation_for_checks(view, *port, target.schema);
    return {};
  }));
  return out;
}

Result<CheckData> Gate::data_of(World& world, Tables& tables, const Target& target,
                                const std::vector<iceberg::DataFile>& files, bool append) const {
  CheckData out{.relation = relation_, .added = {}, .permits = permits_};
  std::vector<query::PlanFile>& all = out.relation.files;
  for (const iceberg::DataFile& file : files) HANSA_CHECK(add_file(world, file.path, all));
  if (!append || !target.state) return out;
  out.added = all;
  HANSA_TRY(const auto have, tables.files(world.objects, *target.state));
  std::ranges::move(plan_files(*have), std::back_inserter(all));
  return out;
}

Result<void> Gate::check(const Context& context, Live& live, World& world, Tables& tables,
                         const Target& target, const std::vector<iceberg::DataFile>& files,
                         const api::Publish& ask) {
  if (is_open()) return {};
  const bool append = ask.mode != api::PublishMode::overwrite;
  HANSA_TRY(const CheckData data, data_of(world, tables, target, files, append));
  Measuring measuring(context, live, world.engine, data);
  HANSA_TRY(results_, measuring.run(contract_.checks));
  shown_.clear();
  for (std::size_t i = 0; i < results_.size() && shown_.size() < kShownMax; ++i) {
    if (!hansa::refuses(results_[i])) continue;
    std::string& text = shown_.emplace_back(to_text(results_[i]));
    if (!tells_ || !results_[i].why.empty()) continue;
    // Only a help: what is refused is refused without it too.
    if (const auto values = measuring.offenders(contract_.checks[i]); values && !values->empty())
      text += ", for example " + join(*values, ", ");
  }
  run_ = run_of(results_);
  run_.at = context.now;
  run_.by = context.who.id;
  run_.publish = ask.publish;
  run_.rows = measuring.rows();
  return {};
}

Error Gate::refusal(const Target& target, std::string_view became, std::string next) const {
  std::string text = fmt::format("the data breaks the contract of {}, and {}: {}", target.ref,
                                 became, join(shown_, "; "));
  if (run_.failed > shown_.size())
    text += fmt::format("; and {} more", run_.failed - shown_.size());
  return {Code::check_failed, std::move(text), std::move(next)};
}

Error Gate::refuse(const Context& context, Live& live, World& world, const Target& target) const {
  if (auto noted = note_refusal(context, live, world, target); !noted)
    log(Level::warning, "a refused publish was not noted",
        {{"port", target.ref}, {"why", noted.error().text}});
  return refusal(target, "nothing was published",
                 fmt::format("correct the data, or the contract; hansa get checks {} has them all",
                             target.ref));
}

Result<void> Gate::hold(const Context& context, Live& live, World& world, Tables& tables,
                        const Target& target, const std::vector<iceberg::DataFile>& files,
                        const api::Publish& ask) {
  HANSA_CHECK(check(context, live, world, tables, target, files, ask));
  if (refuses()) return std::unexpected(refuse(context, live, world, target));
  return {};
}

Result<void> Gate::note_refusal(const Context& context, Live& live, World& world,
                                const Target& target) const {
  const auto noted = commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    const auto* port = view.mesh.find<Port>(target.port);
    if (port == nullptr) return unknown("port", target.ref);
    HANSA_TRY(Permit permit, authorize(context, view, Action::publish, on(*port), target.ref));
    if (!tells_ && is_known(view, target.port, run_)) return Attempt{};
    Attempt out =
        attempt(std::move(permit), change(context, share(with_run(view, target.port, run_)),
                                          "quality.failed", details_of(target, run_)));
    out.messages.push_back(
        tell_owner(context, view, *port, "quality.failed", facts_of(target, run_)));
    return out;
  });
  if (!noted) return std::unexpected(noted.error());
  return {};
}

Result<Attempt> Gate::along(const Context& context, const View& view, const Target& target,
                            std::int64_t snapshot, std::string_view despite) const {
  Attempt out;
  const auto* port = view.mesh.find<Port>(target.port);
  const auto* contract = port ? view.mesh.find<Contract>(port->contract) : nullptr;
  if (contract == nullptr || contract->manifest != contract_.manifest)
    return conflict(fmt::format("the contract of {} changed while this was published", target.ref),
                    "publish again, under a new id");
  if (is_open()) return out;
  CheckRun run = run_;
  run.snapshot = snapshot;
  Json details = details_of(target, run_);
  if (!despite.empty()) details.set("why", despite);
  out.changes.push_back(change(context, share(with_run(view, target.port, std::move(run))),
                               despite.empty() ? "quality.passed" : "quality.overridden",
                               std::move(details)));
  return out;
}

}  // namespace hansa::service
