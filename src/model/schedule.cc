#include "model/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "base/text.h"

namespace hansa {
namespace {

constexpr std::int64_t kMinute = 60'000'000;
constexpr std::int64_t kDay = 1440 * kMinute;
constexpr Time kFarthest{400 * 366 * kDay};  // nobody plans past it
// The same days of the week come to the same dates after so many years.
constexpr int kCycleDays = 28 * 366;

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kDays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct Field {
  std::string_view name;
  int low;
  int high;
};

std::optional<int> number_of(std::string_view text, const Field& field) {
  if (field.name == "month")
    for (std::size_t i = 0; i < kMonths.size(); ++i)
      if (lower_ascii(text) == kMonths[i]) return static_cast<int>(i) + 1;
  if (field.name == "day of the week")
    for (std::size_t i = 0; i < kDays.size(); ++i)
      if (lower_ascii(text) == kDays[i]) return static_cast<int>(i);
  const auto value = parse_int(text);
  if (!value || *value < field.low || *value > field.high) return std::nullopt;
  return static_cast<int>(*value);
}

// "*", "5", "1-5", "*/15", "10-40/10".
bool add_part(std::string_view part, const Field& field, std::uint64_t& bits) {
  std::int64_t step = 1;
  const auto slash = part.find('/');
  if (slash != std::string_view::npos) {
    const auto value = parse_int(part.substr(slash + 1));
    if (!value || *value < 1 || *value > field.high) return false;
    step = *value;
    part = part.substr(0, slash);
  }
  int low = field.low;
  int high = field.high;
  if (part != "*") {
    const auto dash = part.find('-');
    const auto first = number_of(part.substr(0, dash), field);
    if (!first) return false;
    low = *first;
    high = slash == std::string_view::npos ? low : field.high;
    if (dash != std::string_view::npos) {
      const auto last = number_of(part.substr(dash + 1), field);
      if (!last || *last < low) return false;
      high = *last;
    }
  }
  for (std::int64_t i = low; i <= high; i += step) bits |= std::uint64_t{1} << i;
  return true;
}

Result<std::uint64_t> bits_of(std::string_view text, const Field& field) {
  std::uint64_t bits = 0;
  for (const std::string_view part : split(text, ','))
    if (!add_part(part, field, bits))
      return invalid(
          fmt::format("'{}' is no {} of a schedule", text.substr(0, 40), field.name),
          fmt::format("a number from {} to {}, a range, a list, or *", field.low, field.high));
  return bits;
}

}  // namespace

Result<Schedule> Schedule::parse(std::string_view text) {
  std::vector<std::string_view> fields;
  if (text.size() <= 200)
    for (const std::string_view each : split(text, ' '))
      if (!each.empty()) fields.push_back(each);
  if (fields.size() != 5)
    return invalid("a schedule has five fields",
                   "minute, hour, day of the month, month, day of the week: 30 6 * * 1-5");
  Schedule out;
  HANSA_TRY(out.minutes_, bits_of(fields[0], {"minute", 0, 59}));
  HANSA_TRY(out.hours_, bits_of(fields[1], {"hour", 0, 23}));
  HANSA_TRY(out.days_, bits_of(fields[2], {"day of the month", 1, 31}));
  HANSA_TRY(out.months_, bits_of(fields[3], {"month", 1, 12}));
  HANSA_TRY(const std::uint64_t weekdays, bits_of(fields[4], {"day of the week", 0, 7}));
  out.weekdays_ = (weekdays & 0x7F) | (weekdays >> 7);  // 7 is Sunday too
  out.any_day_ = fields[2].starts_with('*');
  out.any_weekday_ = fields[4].starts_with('*');
  if (!out.within_a_cycle(Time{})) return invalid("such a day never comes", "look at its month");
  return out;
}

bool Schedule::is_day(std::int64_t day) const {
  const std::chrono::sys_days date{std::chrono::days(day)};
  const std::chrono::year_month_day parts(date);
  if (!months_[static_cast<unsigned>(parts.month())]) return false;
  const bool by_day = days_[static_cast<unsigned>(parts.day())];
  const bool by_week = weekdays_[std::chrono::weekday(date).c_encoding()];
  if (any_day_ || any_weekday_) return by_day && by_week;
  return by_day || by_week;
}

std::optional<Time> Schedule::within_a_cycle(Time at) const {
  const std::int64_t first = at.us / kMinute + 1;
  for (std::int64_t day = first / 1440; day <= first / 1440 + kCycleDays; ++day) {
    if (!is_day(day)) continue;
    const std::int64_t from = day * 1440 < first ? first % 1440 : 0;
    for (std::int64_t hour = from / 60; hour < 24; ++hour) {
      if (!hours_[static_cast<std::size_t>(hour)]) continue;
      for (std::int64_t minute = std::max(from - hour * 60, std::int64_t{0}); minute < 60; ++minute)
        if (minutes_[static_cast<std::size_t>(minute)])
          return Time{day * kDay + (hour * 60 + minute) * kMinute};
    }
  }
  return std::nullopt;
}

// Some days are rarer than once in a cycle, where a leap year is left out: the end of time, then.
Time Schedule::next(Time at) const {
  if (at >= kFarthest) return Time{INT64_MAX};
  return within_a_cycle(at).value_or(Time{INT64_MAX});
}

}  // namespace hansa
