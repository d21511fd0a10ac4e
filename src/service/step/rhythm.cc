#include "service/step/rhythm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"

namespace hansa::service {
namespace {

constexpr std::int64_t kHour = 60;
constexpr std::int64_t kDay = 24 * kHour;
// The farthest zones there are.
constexpr std::int64_t kZoneMax = 14 * kHour;

constexpr std::string_view kUrgent[] = {"version.retired",  "access.revoked",  "access.waiting",
                                        "access.overdue",   "incident.opened", "incident.updated",
                                        "incident.resolved"};

// "08:30" as minutes; none: it is no time of day.
std::optional<std::uint32_t> minutes_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto part = [&](std::size_t at) -> std::int64_t {
    const char a = text[at], b = text[at + 1];
    return a < '0' || a > '9' || b < '0' || b > '9' ? kDay : (a - '0') * 10 + (b - '0');
  };
  if (part(0) >= 24 || part(3) >= 60) return std::nullopt;
  return static_cast<std::uint32_t>(part(0) * kHour + part(3));
}

std::string time_words(std::int64_t minutes) {
  return fmt::format("{:02}:{:02}", minutes / kHour, minutes % kHour);
}

Result<std::int32_t> zone_of(const std::string& text) {
  if (text.empty() || text == "UTC" || text == "Z") return 0;
  const bool sign = text[0] == '+' || text[0] == '-';
  const auto minutes = sign ? minutes_of(std::string_view(text).substr(1)) : std::nullopt;
  if (!minutes || *minutes > kZoneMax)
    return invalid("zone: not a distance from UTC",
                   "write +02:00; names like Europe/Berlin are not known here, and neither is "
                   "summer time");
  const auto zone = static_cast<std::int32_t>(*minutes);
  return text[0] == '-' ? -zone : zone;
}

}  // namespace

Result<Rhythm> rhythm_of(const api::RhythmView& view) {
  Rhythm out{.digest = view.digest};
  HANSA_TRY(out.zone, zone_of(view.zone));
  if (!view.at.empty()) {
    const auto at = minutes_of(view.at);
    if (!at || view.digest == DigestEvery::none)
      return invalid("at: a time of day, of a digest", "write 08:00, and daily or weekly");
    out.digest_at = *at;
  }
  if (view.quiet.empty()) return out;
  const std::string_view quiet = view.quiet;
  const auto from = minutes_of(quiet.substr(0, 5));
  const auto until = quiet.size() == 11 && quiet[5] == '-' ? minutes_of(quiet.substr(6)) : from;
  if (!from || !until || *from == *until)
    return invalid("quiet: not hours of a day", "write 22:00-07:00");
  out.quiet_from = *from;
  out.quiet_until = *until;
  return out;
}

api::RhythmView rhythm_view(const Rhythm& rhythm) {
  api::RhythmView out{.digest = rhythm.digest, .at = {}, .quiet = {}, .zone = "UTC"};
  if (rhythm.digest != DigestEvery::none) out.at = time_words(rhythm.digest_at);
  if (rhythm.quiet_from != rhythm.quiet_until)
    out.quiet = fmt::format("{}-{}", time_words(rhythm.quiet_from), time_words(rhythm.quiet_until));
  if (rhythm.zone != 0)
    out.zone = (rhythm.zone < 0 ? "-" : "+") + time_words(std::abs(rhythm.zone));
  return out;
}

bool is_urgent(std::string_view type) {
  return std::ranges::find(kUrgent, type) != std::end(kUrgent);
}

}  // namespace hansa::service
