#include "contract/objectives.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "model/schedule.h"

namespace hansa::contract {
namespace {

// Past this a promise is about no data that anybody waits for.
constexpr double kSecondsMax = 100.0 * 366 * 86'400;

double seconds_of_unit(std::string_view unit) {
  const auto is = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, unit) != words.end();
  };
  if (is({"s", "sec", "second", "seconds"})) return 1;
  if (is({"m", "min", "minute", "minutes"})) return 60;
  if (is({"h", "hr", "hour", "hours"})) return 3'600;
  if (is({"d", "day", "days"})) return 86'400;
  if (is({"w", "week", "weeks"})) return 7 * 86'400;
  if (is({"mo", "month", "months"})) return 30 * 86'400;
  if (is({"y", "yr", "year", "years"})) return 365 * 86'400;
  return 0;
}

// "P1Y", "P7D", "PT4H", "P1DT12H".
double iso_seconds(std::string_view text) {
  double out = 0;
  bool time = false;
  std::size_t digits = 1;
  for (std::size_t at = 1; at < text.size(); ++at) {
    const char c = text[at];
    if (c == 'T' && at == digits && !time) {
      time = true;
      digits = at + 1;
      continue;
    }
    if (c >= '0' && c <= '9') continue;
    const auto count = parse_int(text.substr(digits, at - digits));
    const double unit = time ? (c == 'H'   ? 3'600
                                : c == 'M' ? 60
                                : c == 'S' ? 1
                                           : 0)
                             : (c == 'Y'   ? 365 * 86'400
                                : c == 'M' ? 30 * 86'400
                                : c == 'W' ? 7 * 86'400
                                : c == 'D' ? 86'400
                                           : 0);
    if (!count || unit == 0) return 0;
    out += static_cast<double>(*count) * unit;
    digits = at + 1;
  }
  return digits == text.size() ? out : 0;
}

// Zero: it says no length of time.
std::int64_t seconds_of(const SlaProperty& sla) {
  double seconds = 0;
  if (const auto* text = sla.value.as_string(); text != nullptr && text->starts_with('P')) {
    seconds = iso_seconds(*text);
  } else if (text != nullptr) {
    const auto number = parse_double(*text);
    seconds = number ? *number * seconds_of_unit(lower_ascii(sla.unit)) : 0;
  } else if (const auto number = sla.value.as_double()) {
    seconds = *number * seconds_of_unit(lower_ascii(sla.unit));
  }
  if (!std::isfinite(seconds) || seconds < 1 || seconds > kSecondsMax) return 0;
  return static_cast<std::int64_t>(seconds);
}

std::string words_of(const SlaProperty& sla) {
  const std::string value = sla.value.is_string() ? *sla.value.as_string() : to_text(sla.value);
  return std::string(cut(sla.unit.empty() ? value : value + " " + sla.unit, 100));
}

std::string text_in(const Json::Object& rest, std::string_view name) {
  for (const auto& [key, value] : rest)
    if (key == name && value.is_string()) return *value.as_string();
  return {};
}

// "09:00", "09:00Z", "09:00-08:00": every day then. Nothing if it says no time.
std::string daily(std::string_view text) {
  if (text.size() < 5 || text[2] != ':') return {};
  const auto hours = parse_int(text.substr(0, 2));
  const auto minutes = parse_int(text.substr(3, 2));
  std::int64_t offset = 0;
  const std::string_view zone = text.substr(5);
  if (zone.size() == 6 && zone[3] == ':' && (zone[0] == '+' || zone[0] == '-')) {
    const auto h = parse_int(zone.substr(1, 2));
    const auto m = parse_int(zone.substr(4, 2));
    if (!h || !m || *h > 14 || *m > 59) return {};
    offset = (zone[0] == '-' ? -1 : 1) * (*h * 60 + *m);
  } else if (!zone.empty() && zone != "Z") {
    return {};
  }
  if (!hours || !minutes || *hours < 0 || *hours > 23 || *minutes < 0 || *minutes > 59) return {};
  const std::int64_t at = ((*hours * 60 + *minutes - offset) % 1440 + 1440) % 1440;
  return fmt::format("{} {} * * *", at % 60, at / 60);
}

Objective::Kind kind_of(std::string_view property) {
  std::string name = lower_ascii(property);
  std::erase_if(name, [](char c) { return c == '_' || c == '-' || c == ' '; });
  if (name == "latency" || name == "ly" || name == "freshness") return Objective::Kind::latency;
  if (name == "frequency" || name == "fy") return Objective::Kind::frequency;
  if (name == "timeofavailability" || name == "ta") return Objective::Kind::availability;
  if (name == "retention" || name == "re") return Objective::Kind::retention;
  return Objective::Kind::other;
}

// Whether it is of the dataset, and not of a column.
bool is_whole(const std::string& element, const DataContract& contract) {
  return element.empty() || std::ranges::any_of(contract.schema, [&](const SchemaObject& object) {
           return element == object.name || element == object.physical_name;
         });
}

// Errors: what keeps it from being measured.
Result<void> read_schedule(const SlaProperty& sla, Objective& out) {
  const std::string schedule = text_in(sla.rest, "schedule");
  if (!schedule.empty()) {
    const std::string scheduler = lower_ascii(text_in(sla.rest, "scheduler"));
    if (!scheduler.empty() && scheduler != "cron")
      return invalid(fmt::format("Hansa reads no schedule of {}", scheduler.substr(0, 40)));
    HANSA_CHECK(Schedule::parse(schedule));
    out.schedule = schedule;
  } else if (const auto* text = sla.value.as_string();
             out.kind == Objective::Kind::availability && text != nullptr) {
    out.schedule = daily(*text);
  }
  return {};
}

std::string why_not(const SlaProperty& sla, const DataContract& contract, Objective& out) {
  if (out.kind == Objective::Kind::other) return "Hansa does not measure this";
  if (contract.status == "draft" || contract.status == "proposed")
    return fmt::format("the contract is {} still", contract.status);
  if (out.kind == Objective::Kind::latency && !is_whole(out.element, contract))
    return "it is of a column, and data is as new as its publish here";
  if (out.kind == Objective::Kind::frequency || out.kind == Objective::Kind::availability)
    if (auto read = read_schedule(sla, out); !read) return read.error().text;
  if (out.kind != Objective::Kind::availability && out.schedule.empty()) {
    out.seconds = seconds_of(sla);
    if (out.seconds == 0) return "its value and unit are no length of time, as 24 and h are";
  }
  if (out.kind == Objective::Kind::availability && out.schedule.empty())
    return "its value is no time of the day, as 09:00-08:00 is";
  return {};
}

}  // namespace

std::vector<Objective> objectives_of(const DataContract& contract) {
  std::vector<Objective> out;
  for (const SlaProperty& sla : contract.sla) {
    if (out.size() == objectives_max) break;
    Objective one{.property = std::string(cut(sla.property, 100)),
                  .element = std::string(cut(sla.element, 200)),
                  .value = words_of(sla),
                  .kind = kind_of(sla.property),
                  .schedule = {},
                  .not_measured = {}};
    one.not_measured = why_not(sla, contract, one);
    const auto same = [&](const Objective& each) {
      return each.property == one.property && each.element == one.element;
    };
    if (std::ranges::none_of(out, same)) out.push_back(std::move(one));
  }
  return out;
}

}  // namespace hansa::contract
