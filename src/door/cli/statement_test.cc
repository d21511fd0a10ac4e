#include "door/cli/statement.h"

#include <gtest/gtest.h>

#include "door/cli/line_editor.h"

namespace hansa::cli {
namespace {

TEST(Statement, EndsWithASemicolonThatIsNotQuoted) {
  EXPECT_EQ(end_of_statement("select 1; select 2;"), 9U);
  EXPECT_EQ(end_of_statement(";"), 1U);
  for (const char* open : {"", "select 1", "select ';", "select \";", "/* ;", "select 1 -- ;",
                           "$$ ;", "$tag$ ; $$ ;", "select 'it''s ; ", "-- a;b"})
    EXPECT_EQ(end_of_statement(open), std::nullopt) << open;
  for (const std::string closed :
       {"select ';';", "select \"a;b\";", "/* ; */;", "-- ;\n;", "$$ ; $$;", "$t$ ; $$ ; $t$;",
        "select 'it''s';", "select $1;", "select a$b$;"})
    EXPECT_EQ(end_of_statement(closed), closed.size()) << closed;
}

TEST(Statement, NamesThePortsThatStandInIt) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(names_in("select a.b from Sales.Orders join ads.x using (id) where c = 'no.name'"),
            (Names{"a.b", "sales.orders", "ads.x"}));
  EXPECT_EQ(names_in("select 1.5, .5, x., a.b.c -- d.e"), Names{});
  EXPECT_EQ(names_in("from a.b, a.b"), Names{"a.b"});
}

TEST(Statement, CompletesKeywordsInTheCaseOfWhoTypes) {
  EXPECT_EQ(keywords_like("sel"), std::vector<std::string>{"select"});
  EXPECT_EQ(keywords_like("SEL"), std::vector<std::string>{"SELECT"});
  EXPECT_TRUE(keywords_like("zz").empty());
  EXPECT_EQ(last_word("select a, sales.or"), "sales.or");
  EXPECT_EQ(last_word("\\d"), "\\d");
  EXPECT_EQ(last_word("select "), "");
}

TEST(Statement, TypesOnWhatAllCompletionsShare) {
  EXPECT_EQ(common_beginning({"sales.orders", "sales.offers"}), "sales.o");
  EXPECT_EQ(common_beginning({"a", "b"}), "");
  EXPECT_EQ(common_beginning({}), "");
  EXPECT_EQ(common_beginning({"a", "ab"}), "a");
}

}  // namespace
}  // namespace hansa::cli
