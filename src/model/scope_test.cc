#include "model/scope.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace hansa {
namespace {

Column column(std::string name, TypeKind kind, bool required = true) {
  return {.id = 0,
          .name = std::move(name),
          .type = {.kind = kind, .fields = {}},
          .required = required,
          .description = {}};
}
Schema schema() {
  return {.id = 0,
          .columns = {column("country", TypeKind::string), column("email", TypeKind::string),
                      column("plays", TypeKind::int64), column("day", TypeKind::date)}};
}
Scope scope(std::string_view json) {
  const auto read = from_json<Scope>(*parse_json(json));
  EXPECT_TRUE(read) << read.error().text;
  return *read;
}

TEST(Scope, ReadsAndWritesTheSameWords) {
  const std::string text =
      R"({"columns":["country","email"],"filter":"country = 'SE'","masks":{"email":"hash"},)"
      R"("conditions":{"principal.kind":["service_account"]}})";
  EXPECT_EQ(to_text(to_json(scope(text))), text);
  EXPECT_EQ(
      words(scope(text)),
      "columns country, email; rows where country = 'SE'; email as hash; if principal.kind is "
      "service_account");
  EXPECT_EQ(words({}), "");
  EXPECT_TRUE(scope("{}").empty());
  EXPECT_FALSE(from_json<Scope>(*parse_json(R"({"rows":"a = 1"})")));
  EXPECT_FALSE(from_json<Scope>(*parse_json(R"({"masks":{"email":"rot13"}})")));
  EXPECT_FALSE(from_json<Scope>(*parse_json(R"({"filter":"a ="})")));
}

TEST(Scope, MakesSenseForItsPortOrIsRefused) {
  EXPECT_TRUE(check(scope(R"({"columns":["country"],"filter":"plays > 3"})"), schema()));
  for (const auto& [json, says] : std::vector<std::pair<std::string, std::string>>{
           {R"({"columns":["contry"]})", "no column contry"},
           {R"({"columns":["country","country"]})", "named twice"},
           {R"({"columns":["country"],"masks":{"email":"hash"}})", "masked and not shown"},
           {R"({"masks":{"plays":"hash"}})", "mask hash does not fit column plays (long)"},
           {R"({"masks":{"email":"year"}})", "mask year does not fit"},
           {R"({"filter":"city = 'x'"})", "column city"},
           {R"({"conditions":{"principal.shoe":["42"]}})", "no condition principal.shoe"},
           {R"({"conditions":{"principal.kind":[]}})", "names no value"}}) {
    const auto sense = check(scope(json), schema());
    ASSERT_FALSE(sense) << json;
    EXPECT_NE(sense.error().text.find(says), std::string::npos) << sense.error().text;
  }
  Scope many;
  many.conditions["principal.name"].assign(limits::condition_values_max, "ada");
  EXPECT_TRUE(check(many, schema()));
  many.conditions["principal.name"].emplace_back("bob");
  EXPECT_EQ(check(many, schema()).error().code, Code::exhausted);
}

TEST(Scope, IsOnlyEverNarrowed) {
  const Scope asked = scope(R"({"columns":["country","email"],"filter":"plays > 3"})");
  const auto given = narrowed(
      asked, scope(R"({"columns":["email"],"filter":"country = 'SE'","masks":{"email":"hash"}})"));
  ASSERT_TRUE(given);
  EXPECT_EQ(words(*given), "columns email; rows where plays > 3 and country = 'SE'; email as hash");
  EXPECT_EQ(narrowed(asked, scope(R"({"columns":["plays"]})")).error().text,
            "column plays was not asked for");
  EXPECT_EQ(*narrowed(asked, {}), asked);
  EXPECT_EQ(narrowed(asked, scope(R"({"masks":{"emial":"hash"}})")).error().text,
            "column emial is masked and not shown");
  EXPECT_EQ(
      narrowed(asked, scope(R"({"columns":["country"],"masks":{"email":"hash"}})")).error().text,
      "column email is masked and not shown");
  Scope long_one;
  long_one.filter = *parse_predicate("plays <> 1 and email <> '" + std::string(9'000, 'x') + "'");
  const auto longer = narrowed(long_one, long_one);
  ASSERT_TRUE(longer);
  EXPECT_TRUE(check(long_one, schema()));
  EXPECT_EQ(check(*longer, schema()).error().code, Code::exhausted);
  const Scope hashed = scope(R"({"masks":{"email":"hash"}})");
  EXPECT_EQ(narrowed(hashed, scope(R"({"masks":{"email":"last4"}})"))->masks.at("email"),
            Mask::hash);
  EXPECT_EQ(narrowed(hashed, scope(R"({"masks":{"email":"null"}})"))->masks.at("email"),
            Mask::null);
  const Scope either = scope(R"({"conditions":{"principal.kind":["user","service_account"]}})");
  EXPECT_EQ(narrowed(either, scope(R"({"conditions":{"principal.kind":["user"]}})"))
                ->conditions.at("principal.kind"),
            std::vector<std::string>{"user"});
  EXPECT_FALSE(narrowed(either, scope(R"({"conditions":{"principal.kind":["robot"]}})")));
}

TEST(Visible, ShowsWhatAnyPartShowsAndIsKnownByItsContent) {
  const GrantId one{{1, 1}};
  const GrantId two{{1, 2}};
  const Visible narrow{{{one, scope(R"({"columns":["country"]})")}}};
  const Visible wide{{{one, scope(R"({"columns":["country"]})")},
                      {two, scope(R"({"columns":["plays"],"filter":"country = 'SE'"})")}}};
  ASSERT_EQ(shown(narrow, schema()).columns.size(), 1U);
  ASSERT_EQ(shown(wide, schema()).columns.size(), 2U);
  EXPECT_EQ(shown(wide, schema()).columns[1].name, "plays");
  EXPECT_FALSE(shown(wide, schema()).columns[1].required);
  EXPECT_TRUE(id_of(narrow));
  EXPECT_EQ(id_of(narrow), id_of(narrow));
  EXPECT_NE(id_of(narrow), id_of(wide));
}

}  // namespace
}  // namespace hansa
