#include "convert/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace hansa::convert {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes what it reads off the front of a text.
class Taker {
 public:
  explicit Taker(std::string_view text) : text_(text) {}

  bool done() const { return at_ == text_.size(); }
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view text) {
    if (text_.substr(at_, text.size()) != text) return false;
    at_ += text.size();
    return true;
  }
  // Between `least` and `most` digits.
  bool number(unsigned least, unsigned most, int& out) {
    out = 0;
    unsigned digits = 0;
    for (; digits < most && !done() && is_digit(text_[at_]); ++digits)
      out = out * 10 + (text_[at_++] - '0');
    return digits >= least;
  }
  // Digits behind the point, as microseconds.
  bool fraction(std::int64_t& micros, bool& too_fine) {
    std::int64_t unit = 100'000;
    const std::size_t first = at_;
    for (; !done() && is_digit(text_[at_]); ++at_, unit /= 10) {
      micros += (text_[at_] - '0') * unit;
      too_fine = too_fine || (unit == 0 && text_[at_] != '0');
    }
    return at_ > first && at_ - first <= 18;
  }
  // Z, +02:00, +0200 or +02.
  bool offset(std::int64_t& micros) {
    if (take('Z') || take('z')) return micros = 0, true;
    const bool east = take('+');
    if (!east && !take('-')) return false;
    int hours = 0;
    int minutes = 0;
    if (!number(2, 2, hours) || hours > 18) return false;
    if (take(':') ? !number(2, 2, minutes) : !done() && !number(2, 2, minutes)) return false;
    if (minutes > 59) return false;
    micros = (hours * 60 + minutes) * kMinute * (east ? 1 : -1);
    return true;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

struct Parts {
  int year = 0, month = 0, day = 0;
  int hour = 0, minute = 0, second = 0;
  int half = -1;  // 0: AM, 1: PM
  std::int64_t fraction = 0, offset = 0;
};

std::optional<Moment> clock_of(const Parts& parts, Moment moment) {
  if (parts.hour > 23 || parts.minute > 59 || parts.second > 59) return std::nullopt;
  moment.micros = ((parts.hour * 60 + parts.minute) * 60 + parts.second) * kSecond +
                  parts.fraction - parts.offset;
  return moment;
}

std::optional<Moment> moment_of(const Parts& parts, Moment moment) {
  const std::chrono::year_month_day date{std::chrono::year(parts.year),
                                         std::chrono::month(static_cast<unsigned>(parts.month)),
                                         std::chrono::day(static_cast<unsigned>(parts.day))};
  if (!date.ok()) return std::nullopt;
  moment.days = static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
  return clock_of(parts, moment);
}

bool take_clock(Taker& in, Parts& parts, Moment& moment) {
  moment.has_time = true;
  if (!in.number(2, 2, parts.hour) || !in.take(':') || !in.number(2, 2, parts.minute)) return false;
  if (!in.take(':')) return true;
  if (!in.number(2, 2, parts.second)) return false;
  return !in.take('.') || in.fraction(parts.fraction, moment.too_fine);
}

}  // namespace

std::optional<Moment> parse_iso(std::string_view text) {
  Taker in(text);
  Parts parts;
  Moment moment;
  if (!in.number(4, 4, parts.year) || !in.take('-') || !in.number(2, 2, parts.month) ||
      !in.take('-') || !in.number(2, 2, parts.day))
    return std::nullopt;
  if (in.done()) return moment_of(parts, moment);
  if (!in.take('T') && !in.take('t') && !in.take(' ')) return std::nullopt;
  if (!take_clock(in, parts, moment)) return std::nullopt;
  if (in.done()) return moment_of(parts, moment);
  in.take(' ');
  moment.has_offset = in.take("UTC") || in.offset(parts.offset);
  return moment.has_offset && in.done() ? moment_of(parts, moment) : std::nullopt;
}

std::optional<Moment> parse_iso_time(std::string_view text) {
  Taker in(text);
  Parts parts;
  Moment moment;
  if (!take_clock(in, parts, moment) || !in.done()) return std::nullopt;
  return clock_of(parts, moment);
}

Result<Pattern> Pattern::compile(std::string_view text) {
  constexpr std::string_view kFields = "yMdHhmsSaX";
  Pattern pattern;
  std::string seen;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    std::size_t end = at + 1;
    if (c == '\'') {
      end = text.find('\'', at + 1);
      if (end == std::string_view::npos) return invalid("the pattern's quote is never closed");
      const auto inside = text.substr(at + 1, end - at - 1);
      pattern.parts_.push_back({0, 0, std::string(inside.empty() ? "'" : inside)});
      at = end + 1;
      continue;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    while (letter && end < text.size() && text[end] == c) ++end;
    const auto width = static_cast<unsigned>(end - at);
    if (!letter) {
      pattern.parts_.push_back({0, 0, std::string(1, c)});
    } else if (!kFields.contains(c) || seen.contains(c) || (c == 'y' && width != 4 && width != 2) ||
               (c != 'y' && c != 'S' && c != 'X' && width > 2)) {
      return invalid(fmt::format("the pattern '{}' has '{}'", text, text.substr(at, width)),
                     "known are yyyy yy MM M dd d HH H hh h mm m ss s S a X, each once, and "
                     "'text'");
    } else {
      pattern.parts_.push_back({c, width, {}});
      seen += c;
    }
    at = end;
  }
  for (const char needed : {'y', 'M', 'd'})
    if (!seen.contains(needed))
      return invalid(fmt::format("the pattern '{}' has no year, month or day", text),
                     "for instance dd.MM.yyyy");
  if (seen.contains('h') != seen.contains('a'))
    return invalid(fmt::format("the pattern '{}' has hh without a, or a without hh", text),
                   "use HH for hours from 0 to 23");
  return pattern;
}

std::optional<Moment> Pattern::parse(std::string_view text) const {
  Taker in(text);
  Parts parts;
  Moment moment;
  const auto take = [&](const Part& part) {
    const unsigned least = part.width;
    switch (part.field) {
      case 'y':
        if (!in.number(least, least, parts.year)) return false;
        if (least == 2) parts.year += parts.year < 70 ? 2000 : 1900;
        return true;
      case 'M': return in.number(least, 2, parts.month);
      case 'd': return in.number(least, 2, parts.day);
      case 'H': return moment.has_time = true, in.number(least, 2, parts.hour);
      case 'h':
        return moment.has_time = true,
               in.number(least, 2, parts.hour) && parts.hour >= 1 && parts.hour <= 12;
      case 'm': return in.number(least, 2, parts.minute);
      case 's': return in.number(least, 2, parts.second);
      case 'S': return in.fraction(parts.fraction, moment.too_fine);
      case 'a':
        parts.half = in.take("AM") || in.take("am") ? 0 : in.take("PM") || in.take("pm") ? 1 : -1;
        return parts.half >= 0;
      case 'X': return moment.has_offset = in.offset(parts.offset);
      default: return in.take(part.text);
    }
  };
  if (!std::ranges::all_of(parts_, take) || !in.done()) return std::nullopt;
  if (parts.half >= 0) parts.hour = parts.hour % 12 + 12 * parts.half;
  return moment_of(parts, moment);
}

}  // namespace hansa::convert
