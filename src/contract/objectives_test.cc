#include "contract/objectives.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace hansa::contract {
namespace {

SlaProperty sla(std::string property, Json value, std::string unit = {}, std::string element = {}) {
  return {.property = std::move(property),
          .value = std::move(value),
          .unit = std::move(unit),
          .element = std::move(element),
          .rest = {}};
}

Objective one(SlaProperty property, std::string status = "active") {
  DataContract contract;
  contract.status = std::move(status);
  contract.schema.push_back({.name = "plays"});
  contract.sla.push_back(std::move(property));
  auto out = objectives_of(contract);
  return out.empty() ? Objective{} : out.front();
}

TEST(Objectives, HaveALengthOrATimeOfTheDay) {
  EXPECT_EQ(one(sla("latency", 24, "h")).seconds, 86'400);
  EXPECT_EQ(one(sla("Freshness", 1.5, "days")).seconds, 129'600);
  EXPECT_EQ(one(sla("frequency", "15", "min")).seconds, 900);
  EXPECT_EQ(one(sla("retention", "P1Y")).seconds, 365 * 86'400);
  EXPECT_EQ(one(sla("latency", "P1DT12H")).seconds, 129'600);
  EXPECT_EQ(one(sla("latency", "PT30M")).seconds, 1'800);
  EXPECT_EQ(one(sla("timeOfAvailability", "09:00-08:00")).schedule, "0 17 * * *");
  EXPECT_EQ(one(sla("timeOfAvailability", "00:30+02:00")).schedule, "30 22 * * *");
  EXPECT_EQ(one(sla("timeOfAvailability", "23:59")).schedule, "59 23 * * *");
  SlaProperty timed = sla("frequency", 1, "d");
  timed.rest = {{"scheduler", "cron"}, {"schedule", "30 6 * * 1-5"}};
  EXPECT_EQ(one(timed).schedule, "30 6 * * 1-5");
  EXPECT_EQ(one(timed).not_measured, "");
  EXPECT_EQ(one(sla("latency", 24, "h", "plays")).not_measured, "");
}

TEST(Objectives, ThatAreNotMeasuredSayWhy) {
  EXPECT_EQ(one(sla("availability", "95", "%")).not_measured, "Hansa does not measure this");
  EXPECT_NE(one(sla("latency", 24, "h", "plays.day")).not_measured, "");
  EXPECT_NE(one(sla("latency", 24, "h"), "draft").not_measured, "");
  for (const auto& bad :
       {sla("latency", 24), sla("latency", 24, "parsecs"), sla("latency", -1, "h"),
        sla("latency", 0, "h"), sla("latency", 1e300, "y"), sla("latency", "P"),
        sla("latency", "P1"), sla("latency", "PT"), sla("latency", "P1H"),
        sla("latency", "soon", "h"), sla("latency", Json(), "h"), sla("latency", 99'999, "y"),
        sla("timeOfAvailability", "25:00"), sla("timeOfAvailability", "09:00+99:00"),
        sla("timeOfAvailability", "9 o'clock"), sla("timeOfAvailability", 9)})
    EXPECT_NE(one(bad).not_measured, "") << bad.property << " " << to_text(bad.value);
  SlaProperty other = sla("frequency", 1, "d");
  other.rest = {{"scheduler", "airflow"}, {"schedule", "@daily"}};
  EXPECT_NE(one(other).not_measured, "");
  other.rest = {{"schedule", "61 * * * *"}};
  EXPECT_NE(one(other).not_measured, "");
}

TEST(Objectives, AreSoManyAndSoLongAtMost) {
  DataContract contract;
  for (std::size_t i = 0; i < objectives_max + 5; ++i)
    contract.sla.push_back(sla("latency" + std::to_string(i), 1, "h"));
  EXPECT_EQ(objectives_of(contract).size(), objectives_max);
  const Objective longest = one(sla(std::string(99, 'a') + "\xC3\xA4", "\xC3\xA4"));
  EXPECT_EQ(longest.property, std::string(99, 'a'));
  EXPECT_TRUE(is_utf8(longest.property));
}

}  // namespace
}  // namespace hansa::contract
