#include "model/deprecation.h"

#include <algorithm>

namespace hansa {

Time last_day(const Deprecation& deprecation, const std::vector<const Migration*>& migrations) {
  Time last = deprecation.by;
  for (const Migration* each : migrations)
    if (each->agreed) last = std::max(last, *each->agreed);
  return last;
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
