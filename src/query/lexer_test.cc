#include "query/lexer.h"

#include <gtest/gtest.h>

namespace hansa::query {
namespace {

TEST(Lexer, FindsTheSemicolonThatEndsAStatement) {
  const std::pair<std::string, std::string> cases[] = {
      {"select 1", "select 1"},
      {"select 1;", "select 1"},
      {"select ';' ; -- ;", "select ';' "},
      {"select \"a;b\" /* ; /* ; */ ; */;", "select \"a;b\" /* ; /* ; */ ; */"},
      {"select $$;$$, $t$ ; $$ $t$, $1;", "select $$;$$, $t$ ; $$ $t$, $1"},
      {"select e'\\';', 'it''s;' ;", "select e'\\';', 'it''s;' "},
      {"select 1 -- ;\n;", "select 1 -- ;\n"},
      {"select 'open", "select 'open"},
      {"/* open", "/* open"},
      {"select e'\\", "select e'\\"},
  };
  for (const auto& [sql, statement] : cases) EXPECT_EQ(without_semicolon(sql), statement) << sql;
}

}  // namespace
}  // namespace hansa::query
