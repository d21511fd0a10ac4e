#include "base/fields.h"

#include <gtest/gtest.h>

namespace hansa {
namespace fields_test {

enum class Colour { red, green };
constexpr auto names_of(std::type_identity<Colour>) {
  return std::to_array<std::pair<Colour, std::string_view>>(
      {{Colour::red, "red"}, {Colour::green, "green"}});
}

struct Wheel {
  std::int32_t size = 0;
  std::optional<Colour> colour;
};
void describe(Fields& f, Wheel& v) {
  f.required("size", v.size, "in inches");
  f.optional("colour", v.colour);
}

struct Code3 {
  std::string text;
};
Result<void> field_from_text(std::string_view text, Code3& v) {
  if (text.size() != 3) return invalid("three letters");
  v.text = text;
  return {};
}
std::string field_to_text(const Code3& v) { return v.text; }

struct Car {
  std::string name;
  std::vector<Wheel> wheels;
  std::map<std::string, std::uint8_t> doors;
  double weight = 1.5;
  bool fast = false;
  std::optional<Time> built;
  Json notes;
  std::optional<Code3> code;
};
void describe(Fields& f, Car& v) {
  f.required("name", v.name);
  f.optional("wheels", v.wheels, "all of them");
  f.optional("doors", v.doors);
  f.optional("weight", v.weight);
  f.optional("fast", v.fast);
  f.optional("built", v.built);
  f.optional("notes", v.notes);
  f.optional("code", v.code);
  f.tolerated("horsepower", "not used any more");
  f.rule(v.wheels.size() <= 4, "at most four wheels");
}

struct Bag {
  std::string name;
  Json::Object others;
};
void describe(Fields& f, Bag& v) {
  f.required("name", v.name);
  f.rest(v.others);
}

Result<Car> read(std::string_view text) { return from_json<Car>(*parse_json(text)); }

TEST(Fields, RefusesWrongKindsAndNamesThePath) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {R"([])", "expected an object, found list"},
      {R"(null)", "expected an object, found null"},
      {R"({})", "name: 'name' is missing"},
      {R"({"name":null})", "name: 'name' is missing"},
      {R"({"name":5})", "name: expected text, found number"},
      {R"({"name":{"$ne":1}})", "name: expected text, found object"},
      {R"({"name":"a","wheels":{}})", "wheels: expected a list, found object"},
      {R"({"name":"a","wheels":[{"size":1},{"size":"2"}]})",
       "wheels[1].size: expected a whole number in range, found text"},
      {R"({"name":"a","wheels":[null]})", "wheels[0]: expected an object, found null"},
      {R"({"name":"a","wheels":[{}]})", "wheels[0].size: 'size' is missing"},
      {R"({"name":"a","wheels":[{"size":1.0}]})", "wheels[0].size: expected a whole number"},
      {R"({"name":"a","wheels":[{"size":2147483648}]})", "wheels[0].size: expected a whole number"},
      {R"({"name":"a","wheels":[{"size":18446744073709551615}]})",
       "wheels[0].size: expected a whole number"},
      {R"({"name":"a","wheels":[{"size":1,"colour":"blue"}]})",
       "wheels[0].colour: 'blue' is not one of red, green"},
      {R"({"name":"a","wheels":[{"size":1,"colour":0}]})",
       "wheels[0].colour: expected text, found number"},
      {R"({"name":"a","doors":[]})", "doors: expected an object, found list"},
      {R"({"name":"a","doors":{"left":256}})",
       "doors.left: expected a whole number from 0 in range"},
      {R"({"name":"a","doors":{"left":-1}})",
       "doors.left: expected a whole number from 0 in range"},
      {R"({"name":"a","weight":"1"})", "weight: expected a number, found text"},
      {R"({"name":"a","fast":1})", "fast: expected true or false, found number"},
      {R"({"name":"a","built":"now"})", "built: 'now' is not a date or time"},
      {R"({"name":"a","built":5})", "built: expected a date or time as text, found number"},
      {R"({"name":"a","code":"ab"})", "code: three letters"},
      {R"({"name":"a","wheels":[{"size":1},{"size":1},{"size":1},{"size":1},{"size":1}]})",
       "at most four wheels"},
  };
  for (const auto& [text, says] : kCases) {
    const auto car = read(text);
    ASSERT_FALSE(car) << text;
    EXPECT_EQ(car.error().code, Code::invalid);
    EXPECT_TRUE(car.error().text.contains(says)) << text << ": " << car.error().text;
  }
}

TEST(Fields, RefusesUnknownMembersAndSuggestsNearOnes) {
  const auto car = read(R"({"name":"a","weels":[]})");
  ASSERT_FALSE(car);
  EXPECT_EQ(car.error().text, "weels: unknown field 'weels'");
  EXPECT_EQ(car.error().next, "did you mean 'wheels'?");
  const auto wheel = read(R"({"name":"a","wheels":[{"size":1,"is_admin":true}]})");
  ASSERT_FALSE(wheel);
  EXPECT_EQ(wheel.error().text, "wheels[0].is_admin: unknown field 'is_admin'");
  EXPECT_TRUE(wheel.error().next.empty());
}

TEST(Fields, KeepsErrorsAboutHostileMembersShort) {
  const std::string big(1'000'000, 'k');
  EXPECT_LT(read("{\"name\":\"a\",\"" + big + "\":1}").error().text.size(), 500U);
  EXPECT_LT(read("{\"name\":\"a\",\"doors\":{\"" + big + "\":-1}}").error().text.size(), 500U);
  EXPECT_LT(read("{\"name\":\"a\",\"wheels\":[{\"size\":1,\"colour\":\"" + big + "\"}]}")
                .error()
                .text.size(),
            500U);
}

TEST(Fields, CollectsAllProblemsAndWarningsOfASession) {
  Car car;
  Fields::Session session;
  session.unknown_is_warning = true;
  const Json json = *parse_json(R"({"horsepower":5,"fast":1,"weight":"x","extra":1})");
  Fields::read_value(json, car, {}, session);
  EXPECT_EQ(session.problems.size(), 3U);  // name, weight, fast
  EXPECT_EQ(session.warnings.size(), 2U);  // horsepower, extra
  EXPECT_TRUE(read(R"({"name":"a","horsepower":{}})"));
}

TEST(Fields, NamesLineAndColumnWhereTheyAreKnown) {
  Json json = *parse_json(R"({"name":5})");
  json.find("name")->mark = {12, 7};
  const auto car = from_json<Car>(json);
  ASSERT_FALSE(car);
  EXPECT_EQ(car.error().text, "name, line 12, column 7: expected text, found number");
}

TEST(Fields, LeavesWhatIsAbsentOrNullAsItWas) {
  const auto car = read(R"({"name":"a","weight":null,"built":null,"notes":null,"wheels":null})");
  ASSERT_TRUE(car);
  EXPECT_EQ(car->weight, 1.5);
  EXPECT_FALSE(car->built);
  EXPECT_TRUE(car->notes.is_null());
}

TEST(Fields, RoundTripsAndLeavesOutWhatIsEmpty) {
  constexpr std::string_view kText =
      R"({"name":"a","wheels":[{"size":-3,"colour":"green"},{"size":4}],"doors":{"left":255,"right":0},"weight":2.25,"fast":true,)"
      R"("built":"2026-11-22T09:00:00Z","notes":{"any":[1,null]},"code":"abc"})";
  const auto car = read(kText);
  ASSERT_TRUE(car) << car.error().text;
  EXPECT_EQ(to_text(to_json(*car)), kText);
  EXPECT_EQ(to_text(to_json(Car{.name = "b"})), R"({"name":"b","weight":1.5,"fast":false})");
  EXPECT_EQ(to_text(to_json(Car{})), R"({"name":"","weight":1.5,"fast":false})");
}

TEST(Fields, KeepsTheRestAsItStands) {
  constexpr std::string_view kText = R"({"name":"a","x":{"y":[1]},"z":null})";
  const auto bag = from_json<Bag>(*parse_json(kText));
  ASSERT_TRUE(bag);
  EXPECT_EQ(bag->others.size(), 2U);
  EXPECT_EQ(to_text(to_json(*bag)), kText);
}

TEST(Fields, WritesASchemaOutOfTheSameDescription) {
  const Json schema = schema_of<Car>();
  EXPECT_EQ(to_text(*schema.find("additionalProperties")), "false");
  EXPECT_EQ(to_text(*schema.find("required")), R"(["name"])");
  const Json& properties = *schema.find("properties");
  EXPECT_EQ(to_text(*properties.find("built")), R"({"type":"string","format":"date-time"})");
  EXPECT_EQ(to_text(*properties.find("doors")),
            R"({"type":"object","additionalProperties":{"type":"integer","minimum":0}})");
  EXPECT_EQ(to_text(*properties.find("notes")), R"({})");
  const Json& wheel = *properties.find("wheels")->find("items");
  EXPECT_EQ(to_text(*wheel.find("properties")->find("colour")),
            R"({"type":"string","enum":["red","green"]})");
  EXPECT_EQ(to_text(*wheel.find("properties")->find("size")),
            R"({"type":"integer","description":"in inches"})");
  EXPECT_EQ(to_text(*schema_of<Bag>().find("additionalProperties")), "true");
}

TEST(Fields, NamesAnEnumValue) {
  EXPECT_EQ(name_of(Colour::green), "green");
  EXPECT_EQ(name_of(static_cast<Colour>(7)), "");
}

TEST(FieldsDeathTest, AnEnumValueWithoutANameIsABug) {
  Wheel wheel{.size = 1, .colour = static_cast<Colour>(7)};
  EXPECT_DEATH(to_json(wheel), "assertion failed");
}

}  // namespace fields_test
}  // namespace hansa
