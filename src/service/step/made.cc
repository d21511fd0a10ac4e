#include "service/step/made.h"

#include "base/json.h"
#include "base/text.h"

namespace hansa::service {
namespace {

constexpr std::size_t kLinesAtOnce = 1'000;

// The snapshot that an event of publishing made; a rollback makes none.
std::optional<std::int64_t> made_by(const store::Line& line) {
  const auto details = parse_json(line.body);
  if (!details) return std::nullopt;
  const Json* operation = details->find("operation");
  const Json* snapshot = details->find("snapshot");
  if (snapshot == nullptr || !snapshot->is_string() ||
      (operation != nullptr && *operation == Json("rollback")))
    return std::nullopt;
  const auto id = parse_int(*snapshot->as_string());
  return id ? std::optional(*id) : std::nullopt;
}

}  // namespace

Result<std::map<std::int64_t, Made>> commits_of(const Live& live, store::Store& store, PortId port,
                                                std::set<std::int64_t> snapshots) {
  std::map<std::int64_t, Made> out;
  live.read([&](const View& view) {
    if (const auto* table = view.mesh.find<Table>(port.ulid))
      for (const TableState& state : table->states)
        if (state.operation != "rollback" && snapshots.erase(state.snapshot) > 0)
          out.emplace(state.snapshot, Made{state.seq, state.by});
    return 0;
  });
  store::Question question;
  question.max = kLinesAtOnce;
  question.newest_first = true;
  question.kinds = {"port.published"};
  question.subject = port.ulid;
  question.behind = Seq{};
  while (!snapshots.empty()) {
    HANSA_TRY(const std::vector<store::Line> lines, store.history(question));
    for (const store::Line& line : lines)
      if (const auto id = made_by(line); id && snapshots.erase(*id) > 0)
        out.emplace(*id, Made{line.seq, line.who});
    if (lines.size() < question.max) break;
    question.after = lines.back().number;
  }
  return out;
}

}  // namespace hansa::service
