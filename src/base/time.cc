#include "base/time.h"

#include <fmt/format.h>

#include <charconv>

namespace hansa {
namespace {

using Days = std::chrono::days;

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
  if (at + count > text.size()) return false;
  const char* first = text.data() + at;
  const auto [end, error] = std::from_chars(first, first + count, out);
  return error == std::errc{} && end == first + count && *first != '-';
}

// Reads "+02:00", "-05:30" or "Z" at `at`, which must reach the end of the text.
bool offset_minutes(std::string_view text, std::size_t at, int& minutes) {
  minutes = 0;
  if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) return true;
  int hour = 0;
  int minute = 0;
  if (at + 6 != text.size() || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':')
    return false;
  if (!digits(text, at + 1, 2, hour) || !digits(text, at + 4, 2, minute)) return false;
  if (hour > 23 || minute > 59) return false;
  minutes = (hour * 60 + minute) * (text[at] == '-' ? -1 : 1);
  return true;
}

// Reads ".123456" at `at`, if it stands there, and moves `at` behind it; more than six digits are
// cut.
bool fraction_us(std::string_view text, std::size_t& at, std::int64_t& us) {
  us = 0;
  if (at >= text.size() || text[at] != '.') return true;
  const std::size_t first = ++at;
  std::int64_t unit = 100'000;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
    us += (text[at] - '0') * unit;
  return at > first;
}

// What to_text writes with four digits of a year: an offset can lead out of it.
bool can_be_written(Time time) {
  constexpr std::int64_t first_us = -62'167'219'200'000'000;  // 0000-01-01T00:00:00Z
  constexpr std::int64_t end_us = 253'402'300'800'000'000;    // 10000-01-01T00:00:00Z
  return time.us >= first_us && time.us < end_us;
}

}  // namespace

std::string to_text(Time time) {
  const std::chrono::sys_time<Micros> point{Micros{time.us}};
  const auto day = std::chrono::floor<Days>(point);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{point - day};
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (const auto us = clock.subseconds().count(); us != 0) text += fmt::format(".{:06}", us);
  return text + "Z";
}

std::string to_words(Time time) {
  const std::string text = to_text(time);
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

Result<Time> parse_time(std::string_view text) {
  const auto bad = [&] {
    return invalid(fmt::format("'{}' is not a date or time", text.substr(0, 40)),
                   "write 2026-12-31, or 2026-12-31T18:00:00Z");
  };
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!digits(text, 0, 4, year) || !digits(text, 5, 2, month) || !digits(text, 8, 2, day))
    return bad();
  if (text[4] != '-' || text[7] != '-') return bad();
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return bad();
  const std::int64_t midnight_us = Micros{std::chrono::sys_days{date}.time_since_epoch()}.count();
  if (text.size() == 10) return Time{midnight_us};
  if (text[10] != 'T' && text[10] != ' ') return bad();
  if (!digits(text, 11, 2, hour) || !digits(text, 14, 2, minute) || !digits(text, 17, 2, second))
    return bad();
  if (text[13] != ':' || text[16] != ':' || hour > 23 || minute > 59 || second > 59) return bad();
  std::size_t at = 19;
  std::int64_t fraction = 0;
  int offset = 0;
  if (!fraction_us(text, at, fraction) || !offset_minutes(text, at, offset)) return bad();
  const std::int64_t clock_s = (hour * 60 + minute - offset) * 60 + second;
  const Time time{midnight_us + clock_s * 1'000'000 + fraction};
  return can_be_written(time) ? Result<Time>(time) : bad();
}

Result<Micros> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  std::int64_t seconds = unit == "s"   ? 1
                         : unit == "m" ? 60
                         : unit == "h" ? 3600
                         : unit == "d" ? 86400
                                       : 0;
  if (error != std::errc{} || seconds == 0 || count < 0 || count > 1'000'000)
    return invalid(fmt::format("'{}' is not a duration", text.substr(0, 40)),
                   "write 30s, 15m, 24h or 7d");
  return Micros{count * seconds * 1'000'000};
}

Time SystemClock::now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t us = std::chrono::duration_cast<Micros>(now).count();
  std::int64_t last = last_us_.load(std::memory_order_relaxed);
  while (us > last)
    if (last_us_.compare_exchange_weak(last, us, std::memory_order_relaxed)) return {us};
  return {last};
}

std::int64_t steady_us() {
  return std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace hansa
