// Times that come again, as cron writes them: minute, hour, day of the month, month, day of the
// week, in UTC.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace hansa {

class Schedule {
 public:
  // "30 6 * * 1-5", "*/15 * * * *", names of months and days. Errors: invalid; so is one that never
  // comes.
  static Result<Schedule> parse(std::string_view text);
  // The first one after `at`.
  Time next(Time at) const;

 private:
  // If both name days, either does.
  bool is_day(std::int64_t day) const;
  std::optional<Time> within_a_cycle(Time at) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  bool any_day_ = true;
  bool any_weekday_ = true;
};

}  // namespace hansa
