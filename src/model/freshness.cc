#include "model/freshness.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "model/schedule.h"

namespace hansa {
namespace {

constexpr std::size_t kGapsMin = 3;
constexpr std::size_t kGapsLookedAt = 10;

// What one walk over the deliveries finds.
struct Found {
  bool late = false;
  bool recovered = false;
  Time since;
  Time due;
};

// Never older than `within`.
Found by_age(Micros within, const Deliveries& deliveries, Time now) {
  Time last = deliveries.began;
  Found out;
  for (const Time at : deliveries.data_at) {
    out.recovered = at - last > within;
    last = at;
  }
  out.since = last;
  out.due = last + within;
  out.late = now > out.due;
  if (out.late) out.since = out.due;
  return out;
}

// By each time of the schedule. A delivery after a missed one makes up for it, and the next time
// needs another.
Found by_times(const Schedule& schedule, const Deliveries& deliveries, Time now) {
  Found out{.since = deliveries.began};
  Time due = schedule.next(deliveries.began);
  bool delivered = false;
  const auto pass = [&](Time until) {
    if (until < due || due.us == INT64_MAX) return;
    if (!delivered && !out.late) out.late = true, out.since = due;
    delivered = out.recovered = false;
    const Time second = schedule.next(due);
    due = second;
    if (until < second || second.us == INT64_MAX) return;
    if (!out.late) out.late = true, out.since = second;
    due = schedule.next(until);
  };
  for (const Time at : deliveries.data_at) {
    // Whatever comes at the very minute is in time.
    pass(at - Micros(1));
    if (out.late) out.recovered = true;
    else delivered = true;
    if (out.late || !out.recovered) out.since = at;
    out.late = false;
  }
  pass(now - Micros(1));
  out.due = out.late ? out.since : delivered ? schedule.next(due) : due;
  return out;
}

Stand retention_of(const Objective& objective, const Deliveries& deliveries, Time now) {
  Stand out{.since = deliveries.began};
  if (!deliveries.replaced_at || now - *deliveries.replaced_at > Seconds(objective.seconds))
    return out;
  out.not_measured =
      fmt::format("rows were replaced on {}, and how far back the new ones go is not known",
                  to_text(*deliveries.replaced_at).substr(0, 10));
  return out;
}

// From halfway between when data usually comes and when it is due.
bool is_at_risk(const Found& found, const Deliveries& deliveries, Time now) {
  const auto gap = usual_gap(deliveries.data_at);
  if (!gap) return false;
  const Time usual = deliveries.data_at.back() + *gap;
  return usual >= found.due || now >= usual + (found.due - usual) / 2;
}

}  // namespace

Deliveries deliveries_of(const Port& port, const Table* table) {
  // A ULID begins with the milliseconds of its birth.
  const Time born{static_cast<std::int64_t>(port.id.ulid.high >> 16) * 1000};
  if (table == nullptr) return {.began = born, .data_at = {}};
  Deliveries out{born, table->data_at, table->replaced_at};
  if (!out.data_at.empty()) out.began = std::min(born, out.data_at.front());
  return out;
}

std::optional<Micros> usual_gap(std::span<const Time> data_at) {
  if (data_at.size() <= kGapsMin) return std::nullopt;
  if (data_at.size() > kGapsLookedAt + 1) data_at = data_at.last(kGapsLookedAt + 1);
  std::vector<Micros> gaps;
  for (std::size_t i = 1; i < data_at.size(); ++i) gaps.push_back(data_at[i] - data_at[i - 1]);
  std::ranges::nth_element(gaps, gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2));
  return gaps[gaps.size() / 2];
}

Stand stand_of(const Objective& objective, const Deliveries& deliveries, Time now) {
  if (!objective.not_measured.empty()) return {.since = {}, .not_measured = objective.not_measured};
  if (objective.kind == Objective::Kind::retention) return retention_of(objective, deliveries, now);
  Found found;
  if (objective.schedule.empty()) {
    found = by_age(Seconds(objective.seconds), deliveries, now);
  } else {
    const auto schedule = Schedule::parse(objective.schedule);
    if (!schedule) return {.since = {}, .not_measured = schedule.error().text};
    found = by_times(*schedule, deliveries, now);
  }
  Stand out{.since = found.since, .due = found.due};
  if (found.late) out.state = SloState::late;
  else if (is_at_risk(found, deliveries, now)) out.state = SloState::at_risk;
  else if (found.recovered) out.state = SloState::recovered;
  return out;
}

}  // namespace hansa
