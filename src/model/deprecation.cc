#include "model/deprecation.h"

#include <algorithm>

namespace hansa {
namespace {

constexpr std::chrono::hours kBeforeTheEnd[] = {std::chrono::hours(24 * 14),
                                                std::chrono::hours(24 * 7), std::chrono::hours(24)};

}  // namespace

Time last_day(const Deprecation& deprecation, const std::vector<const Migration*>& migrations) {
  Time last = deprecation.by;
  for (const Migration* each : migrations)
    if (each->agreed) last = std::max(last, *each->agreed);
  return last;
}

Time end_for(const Deprecation& deprecation, const Migration& migration) {
  return migration.agreed.value_or(deprecation.by);
}

bool reminder_passed(const Deprecation& deprecation, const Migration& migration, Time now) {
  const Time end = end_for(deprecation, migration);
  const Time since = std::max(migration.told_at, migration.reminded_at.value_or(Time{}));
  const auto passed = [&](Time at) { return since < at && at <= now; };
  if (passed(Time{migration.told_at.us + (end.us - migration.told_at.us) / 2})) return true;
  return std::ranges::any_of(kBeforeTheEnd, [&](auto before) { return passed(end - before); });
}

bool still_reads(const Migration& migration, std::optional<Time> last_read) {
  Time since = std::max(migration.told_at, migration.reminded_at.value_or(Time{}));
  if (migration.answer == Answer::moved || migration.answer == Answer::not_mine)
    since = std::max(since, migration.answered_at.value_or(Time{}));
  return last_read && *last_read > since;
}

bool reminder_due(const Deprecation& deprecation, const Migration& migration,
                  std::optional<Time> last_read, Time now) {
  return !deprecation.retired_at && reminder_passed(deprecation, migration, now) &&
         still_reads(migration, last_read);
}

const Brownout* brownout_at(const Deprecation& deprecation, Time now) {
  for (const Brownout& each : deprecation.brownouts)
    if (each.from <= now && now < each.until) return &each;
  return nullptr;
}

Standing standing(const Migration& migration, std::optional<Time> last_read) {
  const auto read_since = [&](Time at) { return last_read && *last_read > at; };
  const Time answered = migration.answered_at.value_or(migration.told_at);
  switch (migration.answer) {
    case Answer::moved: return read_since(answered) ? Standing::reopened : Standing::moved;
    case Answer::not_mine: return read_since(answered) ? Standing::reopened : Standing::not_mine;
    case Answer::needs_until: return Standing::needs_until;
    case Answer::question: return Standing::question;
    case Answer::none: break;
  }
  return read_since(migration.told_at) ? Standing::told : Standing::quiet;
}

}  // namespace hansa
