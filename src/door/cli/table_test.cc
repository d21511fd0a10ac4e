#include "door/cli/table.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string render(std::vector<TableColumn> columns, const Rows& rows, TableStyle style,
                   std::size_t* hidden = nullptr) {
  std::string out;
  Table table(std::move(columns), style,
              [&](std::string_view bytes) -> Result<void> { return out += bytes, Result<void>{}; });
  for (const auto& row : rows) EXPECT_TRUE(table.add(row));
  EXPECT_TRUE(table.finish());
  if (hidden) *hidden = table.hidden();
  return out;
}

TEST(Table, DrawsABoxWithNumbersOnTheRight) {
  EXPECT_EQ(
      render({{"show"}, {"plays", true}}, {{"Reef", "7"}, {"深い海", "981204"}}, {.box = true}),
      "┌────────┬────────┐\n"
      "│ show   │ plays  │\n"
      "├────────┼────────┤\n"
      "│ Reef   │      7 │\n"
      "│ 深い海 │ 981204 │\n"
      "└────────┴────────┘\n");
}

TEST(Table, IsPlainColumnsForAPipe) {
  EXPECT_EQ(render({{"PORT"}, {"ROWS", true}, {"ABOUT"}},
                   {{"a/b@1", "10", ""}, {"audience/plays@1", "2", "x"}}, {}),
            "PORT              ROWS  ABOUT\n"
            "a/b@1               10\n"
            "audience/plays@1     2  x\n");
}

TEST(Table, ShowsNoRowsAsItsHead) {
  EXPECT_EQ(render({{"a"}}, {}, {.box = true}), "┌───┐\n│ a │\n├───┤\n└───┘\n");
  EXPECT_EQ(render({{"A"}}, {}, {}), "A\n");
}

TEST(Table, SpellsOutControlCharactersOfDataAndTitles) {
  const std::string out = render({{"a\x1b]0;x\x07"}}, {{"\x1b[2J\n"}}, {.box = true});
  EXPECT_EQ(out.find('\x1b'), std::string::npos);
  EXPECT_NE(out.find("\\x1b[2J\\n"), std::string::npos);
}

TEST(Table, FitsTheTerminalAtEveryWidth) {
  const std::vector<TableColumn> columns{{"name"}, {"a long title", true}, {"text"},
                                         {"x"},    {"deadline"},           {"another"}};
  const Rows rows{{"n", "1", std::string(300, 'w'), "日本語日本語", "2026-11-22", "z"}};
  for (std::size_t width = 30; width < 200; ++width)
    for (const bool box : {true, false}) {
      const std::string out = render(columns, rows, {.box = box, .columns_max = width});
      for (const std::string_view line : split(out, '\n'))
        EXPECT_LE(display_width(line), width) << line;
    }
}

TEST(Table, LeavesOutColumnsInTheMiddleAndSaysSo) {
  std::vector<TableColumn> columns;
  std::vector<std::string> row;
  for (int i = 0; i < 40; ++i) {
    columns.push_back({"column" + std::to_string(i)});
    row.push_back("value" + std::to_string(i));
  }
  std::size_t hidden = 0;
  const std::string out = render(columns, {row}, {.box = true, .columns_max = 80}, &hidden);
  EXPECT_GT(hidden, 0u);
  EXPECT_NE(out.find("column0"), std::string::npos);
  EXPECT_NE(out.find("column39"), std::string::npos);
  EXPECT_NE(out.find("│ … │"), std::string::npos);
  render(columns, {row}, {.box = true}, &hidden);
  EXPECT_EQ(hidden, 0u);
}

TEST(Table, LeavesOutSpareColumnsBeforeItCutsTheOthers) {
  const std::vector<TableColumn> columns{
      {"PORT"}, {"OWNER", false, 1}, {"ROWS", true}, {"ABOUT", false, 2}};
  const Rows rows{{"audience/daily_plays@1", "audience", "455835", std::string(40, 'w')}};
  EXPECT_EQ(render(columns, rows, {.columns_max = 34}),
            "PORT                      ROWS\n"
            "audience/daily_plays@1  455835\n");
  EXPECT_EQ(render(columns, rows, {.columns_max = 45}),
            "PORT                    OWNER       ROWS\n"
            "audience/daily_plays@1  audience  455835\n");
  EXPECT_NE(render(columns, rows, {}).find("ABOUT"), std::string::npos);
}

TEST(Table, KeepsWidthsOfTheFirstRowsOnceItPrints) {
  const TableStyle pipe{.box = true, .rows_looked_at = 2};
  const Rows rows{{"aa"}, {"b"}, {"long after"}};
  EXPECT_EQ(render({{"t"}}, rows, pipe),
            "┌────┐\n│ t  │\n├────┤\n│ aa │\n│ b  │\n│ long after │\n└────┘\n");
  const TableStyle terminal{.box = true, .columns_max = 80, .rows_looked_at = 2};
  EXPECT_EQ(render({{"t"}}, rows, terminal),
            "┌────┐\n│ t  │\n├────┤\n│ aa │\n│ b  │\n│ l… │\n└────┘\n");
}

}  // namespace
}  // namespace hansa::cli
