// Changes of a contract, each with what it does to those who read by it.
#include "contract/compatible.h"

#include <gtest/gtest.h>

#include "contract/document.h"

namespace hansa::contract {
namespace {

constexpr std::string_view kColumns = R"(
      - {name: day, logicalType: date, required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: show, logicalType: string, required: true, unique: true}
      - {name: plays, logicalType: integer, physicalType: int}
      - {name: share, logicalType: number, physicalType: 'decimal(9,2)'}
      - {name: device, logicalType: string, enum: [{value: phone}, {value: tv}]}
      - {name: place, logicalType: object, properties: [{name: city, logicalType: string}]}
)";

DataContract contract(std::string columns, std::string_view more = "",
                      std::string_view version = "1.0.0") {
  const std::string text =
      "apiVersion: v3.2.0\nkind: DataContract\nid: plays\nversion: " + std::string(version) +
      "\nstatus: active\nschema:\n  - name: plays\n    properties:" + columns + std::string(more);
  const SourceFile file{"plays.odcs.yaml", text};
  const Manifests read = read_manifests({&file, 1});
  for (const Finding& each : read.problems) ADD_FAILURE() << to_text(each);
  return read.contracts.empty() ? DataContract{} : read.contracts.front().value;
}

Promise promise(std::string columns, std::string_view more = "",
                std::string_view version = "1.0.0") {
  auto out = promise_of(contract(std::move(columns), more, version), "plays");
  EXPECT_TRUE(out) << out.error().text;
  return out ? *out : Promise{};
}

// The columns with one line written otherwise.
std::string with(std::string_view from, std::string_view to) {
  std::string out(kColumns);
  const auto at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return out.replace(at, from.size(), to);
}

std::string said(const std::vector<Shift>& shifts) {
  std::string out;
  for (const Shift& each : shifts)
    out += each.sign + " " + each.what + " [" + each.from + "] [" + each.to + "] " +
           std::string(name_of(each.verdict)) + (each.data ? " data" : "") + "\n";
  return out;
}

std::string changed(std::string_view from, std::string_view to) {
  return said(shifts_between(promise(std::string(kColumns)), promise(with(from, to))));
}

TEST(Compatible, SaysNothingOfWhatStays) {
  const Promise same = promise(std::string(kColumns));
  EXPECT_EQ(said(shifts_between(same, same)), "");
}

TEST(Compatible, AllowsAColumnThatMayBeMissing) {
  EXPECT_EQ(changed("\n      - {name: plays,",
                    "\n      - {name: extra, logicalType: string}\n      - {name: plays,"),
            "+ column extra [] [string] compatible\n");
}

TEST(Compatible, BreaksByAColumnThatPublishedRowsDoNotHave) {
  EXPECT_EQ(changed("\n      - {name: plays,",
                    "\n      - {name: extra, logicalType: string, required: true}\n      - {name: "
                    "plays,"),
            "+ column extra [] [string, required] breaking data\n");
}

TEST(Compatible, BreaksByDroppingAndRenaming) {
  EXPECT_EQ(changed("{name: plays, ", "{name: listens, "),
            "+ column listens [] [int] compatible\n- column plays [int] [] breaking data\n");
}

TEST(Compatible, WarnsOfAWiderType) {
  EXPECT_EQ(changed("physicalType: int}", "physicalType: bigint}"),
            "~ column plays [int] [long] warning\n");
  EXPECT_EQ(changed("decimal(9,2)", "decimal(12,2)"),
            "~ column share [decimal(9,2)] [decimal(12,2)] warning\n");
}

TEST(Compatible, BreaksByANarrowerOrAnotherType) {
  EXPECT_EQ(changed("decimal(9,2)", "decimal(9,3)"),
            "~ column share [decimal(9,2)] [decimal(9,3)] breaking data\n");
  EXPECT_EQ(changed("decimal(9,2)", "decimal(8,2)"),
            "~ column share [decimal(9,2)] [decimal(8,2)] breaking data\n");
  EXPECT_EQ(changed("name: city, logicalType: string", "name: city, logicalType: date"),
            "~ column place.city [string] [date] breaking data\n");
}

TEST(Compatible, BreaksByAValueThatMayBeMissing) {
  EXPECT_EQ(changed("string, required: true, unique", "string, unique"),
            "~ column show [string, required] [string] breaking\n");
  EXPECT_EQ(changed("{name: plays, ", "{name: plays, required: true, "),
            "~ column plays [int] [int, required] breaking data\n");
}

TEST(Compatible, BreaksByAnotherGrain) {
  EXPECT_EQ(changed("{name: show, ", "{name: show, primaryKey: true, primaryKeyPosition: 2, "),
            "~ primary key [day] [day, show] breaking\n");
  EXPECT_EQ(changed(", unique: true", ""), "- unique show [unique] [] breaking\n");
}

TEST(Compatible, ReadsTheKeyAsTheChecksOfTheDataDo) {
  // Without a position a column stands last, wherever it is written.
  const Promise key =
      promise(with("{name: day, logicalType: date, required: true, primaryKey: "
                   "true, primaryKeyPosition: 1}",
                   "{name: day, logicalType: date, required: true, primaryKey: "
                   "true}\n      - {name: hour, logicalType: integer, required: "
                   "true, primaryKey: true, primaryKeyPosition: 1}"));
  EXPECT_EQ(key.key, (std::vector<std::string>{"hour", "day"}));
}

TEST(Compatible, WarnsOfAValueMoreAndAllowsOneLess) {
  EXPECT_EQ(changed("{value: tv}", "{value: tv}, {value: car}"),
            "~ values of device [\"phone\", \"tv\"] [\"car\", \"phone\", \"tv\"] warning\n");
  EXPECT_EQ(changed(", {value: tv}", ""),
            "~ values of device [\"phone\", \"tv\"] [\"phone\"] compatible\n");
}

TEST(Compatible, WarnsOfAWeakerServiceLevel) {
  const auto level = [](std::string_view line) {
    return promise(std::string(kColumns), "slaProperties:\n  - " + std::string(line) + "\n");
  };
  const Promise day = level("{property: latency, value: 24, unit: h}");
  EXPECT_EQ(said(shifts_between(day, level("{property: latency, value: 2, unit: d}"))),
            "~ service level latency [24 h] [2 d] warning\n");
  EXPECT_EQ(said(shifts_between(day, level("{property: latency, value: 60, unit: min}"))),
            "~ service level latency [24 h] [60 min] compatible\n");
  const Promise kept = level("{property: retention, value: 2, unit: y}");
  EXPECT_EQ(said(shifts_between(kept, level("{property: retention, value: 3, unit: y}"))),
            "~ service level retention [2 y] [3 y] compatible\n");
  EXPECT_EQ(said(shifts_between(kept, level("{property: retention, value: 300, unit: d}"))),
            "~ service level retention [2 y] [300 d] warning\n");
}

TEST(Compatible, TakesTheContractsOwnMajorForAnotherMeaning) {
  EXPECT_EQ(said(shifts_between(promise(std::string(kColumns)),
                                promise(std::string(kColumns), "", "2.0.0"))),
            "~ meaning [1.0.0] [2.0.0] breaking\n");
  EXPECT_EQ(said(shifts_between(promise(std::string(kColumns)),
                                promise(std::string(kColumns), "", "1.4.0"))),
            "");
}

TEST(Compatible, RefusesByMode) {
  const Shift breaking{"~", "meaning", "1", "2", Verdict::breaking, ""};
  const Shift warning{"~", "column a", "int", "long", Verdict::warning, ""};
  Shift data = breaking, protects = warning;
  data.data = true;
  protects.protects = true;
  EXPECT_TRUE(refused(breaking, Mode::readers_safe));
  EXPECT_FALSE(refused(warning, Mode::readers_safe));
  EXPECT_TRUE(refused(warning, Mode::full));
  EXPECT_FALSE(refused(protects, Mode::full));
  EXPECT_FALSE(refused(breaking, Mode::none));
  EXPECT_TRUE(refused(data, Mode::none));
}

TEST(Compatible, KnowsItsModes) {
  const auto mode = [](std::string_view value) {
    return promise_of(
        contract(std::string(kColumns), "customProperties:\n  - {property: compatibility, value: " +
                                            std::string(value) + "}\n"),
        "plays");
  };
  const auto text_of = [](std::string_view value) {
    return "apiVersion: v3.2.0\nkind: DataContract\nid: plays\nversion: 1.0.0\nstatus: active\n"
           "schema:\n  - name: plays\n    properties:\n      - {name: a, logicalType: string}\n"
           "customProperties:\n  - {property: compatibility, value: " +
           std::string(value) + "}\n";
  };
  const std::string bad = text_of("backward");
  const SourceFile file{"plays.odcs.yaml", bad};
  const Manifests read = read_manifests({&file, 1});
  ASSERT_EQ(read.problems.size(), 1U);
  EXPECT_EQ(read.problems.front().rule, "compatibility");
  EXPECT_EQ(read.problems.front().line, 11U);  // where the property stands
  EXPECT_EQ(mode("full")->mode, Mode::full);
  EXPECT_EQ(mode("readers-safe")->mode, Mode::readers_safe);
  EXPECT_EQ(mode("none")->mode, Mode::none);
}

}  // namespace
}  // namespace hansa::contract
