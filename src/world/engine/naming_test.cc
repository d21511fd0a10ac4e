// What statements name is what the engine finds that they read, or more.
#include <algorithm>
#include <sstream>

#include "query/tree.h"
#include "world/engine/engine_test.h"

namespace hansa::engine {
namespace {

class NamingTest : public EngineTest {
 public:
  void SetUp() override {
    EngineTest::SetUp();
    plays_ =
        relation("plays",
                 {column("id", type(TypeKind::int64)), column("series", type(TypeKind::string)),
                  column("day", type(TypeKind::date)), column("seconds", type(TypeKind::int32))},
                 {file("plays.parquet",
                       "SELECT range AS id, 's' || range % 3 AS series, DATE '2026-01-01' + "
                       "range::INTEGER AS day, (range * 7)::INTEGER AS seconds FROM range(9)")});
    shows_ =
        relation("shows",
                 {column("series", type(TypeKind::string)), column("title", type(TypeKind::string)),
                  column("hosts", type(TypeKind::int32))},
                 {file("shows.parquet",
                       "SELECT 's' || range AS series, 'T' || range AS title, "
                       "range::INTEGER AS hosts FROM range(3)")});
    // Columns that are called as other parts of names are.
    Type fields = type(TypeKind::structure);
    fields.fields = {column("first", type(TypeKind::string))};
    odd_ =
        relation("odd",
                 {column("id", type(TypeKind::int64)), column("main", type(TypeKind::string)),
                  column("mesh", type(TypeKind::string)), column("first", type(TypeKind::string)),
                  column("s", fields), column("pin", type(TypeKind::string))},
                 {file("odd.parquet",
                       "SELECT range AS id, 'm' || range AS main, 'c' || range AS mesh, 'f' AS "
                       "first, {'first': 'x'} AS s, 'p' || range AS pin FROM range(3)")});
  }
  query::Plan plan_of(const std::string& sql) const {
    std::vector<query::Relation> relations;
    for (const query::Relation& each : {plays_, shows_, odd_})
      if (sql.contains(each.name)) relations.push_back(each);
    return plan(sql, relations);
  }
  // "plays id series; shows title", or nothing if its words do not say it.
  static std::string shown(const query::Plan& plan, const std::vector<query::ReadColumns>& reads) {
    std::string out;
    for (const query::ReadColumns& read : reads) {
      if (!out.empty()) out += "; ";
      out += plan.relations[read.relation].name;
      auto columns = read.columns;
      std::ranges::sort(columns);
      for (const std::string& column : columns) out += " " + column;
    }
    return out;
  }
  std::optional<std::string> named(Lease& lease, const std::string& sql) {
    const auto tree = lease.parse(sql);
    EXPECT_TRUE(tree) << sql << ": " << tree.error().text;
    const auto facts =
        query::walk(tree->json, {.defaults = {.catalog = "mesh", .schema = "shows"}, .sql = sql});
    EXPECT_TRUE(facts) << sql << ": " << facts.error().text;
    if (!facts->naming) return {};
    const query::Plan plan = plan_of(sql);
    const auto reads = query::reads_of(*facts->naming, plan);
    if (!reads) return {};
    return shown(plan, *reads);
  }
  std::string found(Lease& lease, const std::string& sql) {
    const query::Plan plan = plan_of(sql);
    const auto opened = lease.run(close(plan));
    EXPECT_TRUE(opened) << sql << ": " << opened.error().text;
    if (!opened) return {};
    EXPECT_TRUE(drain(*opened->rows, 1 << 20)) << sql;
    return shown(plan, opened->bound.reads);
  }

  query::Relation plays_, shows_, odd_;
};

TEST_F(NamingTest, WhatAStatementNamesIsWhatTheEngineReads) {
  const auto leased = lease();
  for (const char* sql : {
           "select id from plays",
           "select * from plays",
           "from plays",
           "select p.* from plays p",
           "select upper(SERIES), count(*) from plays where \"ID\" > 3 group by 1 order by 2 limit "
           "3",
           "select series, sum(seconds) as total from plays group by all having sum(seconds) > 4",
           "select series as series, day from plays order by day desc",
           "select plays.id + 1 as next, p2.day from plays join plays p2 on plays.id = p2.id",
           "select title, sum(seconds) from plays join shows using (series) group by title",
           "select s.title, max(day) from plays p, shows s where p.series = s.series group by "
           "s.title",
           "select rank() over (partition by series order by seconds) as r, id from plays",
           "select case when id between 1 and 5 then day else null end as x from plays",
           "select count(*) from plays",
           "select distinct on (series) series, id from plays",
           "select id::varchar || 'x' from plays where series in ('s1', 's2') and day is not null",
           "select count(*) filter (where seconds > 9), string_agg(series order by id) from plays",
           "select a.title from shows a left join shows b on a.hosts = b.hosts where b.title > 'T'",
       })
    EXPECT_EQ(named(*leased, sql).value_or("?"), found(*leased, sql)) << sql;
}

TEST_F(NamingTest, WhatStatisticsAnswerIsReadToo) {
  const auto leased = lease();
  EXPECT_EQ(named(*leased, "select id from plays where seconds >= 0"), "plays id seconds");
  EXPECT_EQ(named(*leased, "select id from plays where seconds > 1 and 1 = 0"), "plays id seconds");
  EXPECT_EQ(named(*leased, "select max(day) from plays"), "plays day");
  EXPECT_EQ(named(*leased, "select id from plays limit 0"), "plays id");
}

TEST_F(NamingTest, WhatMayMeanSomethingElseIsLeftToTheEngine) {
  const auto leased = lease();
  for (const char* sql : {
           "select id from (select * from plays)",
           "with p as (select id from plays) select * from p",
           "select id from plays where id in (select hosts from shows)",
           "select id as seconds, series from plays order by seconds",
           "select plays from plays",
           "select count(plays) from plays",
           "select * exclude (id) from plays",
           "select columns('i.*') from plays",
           "select title from plays natural join shows",
           "select x from plays as p(x, y, z, w)",
           "select #1 from plays",
           "select list_transform([id], lambda x: x + seconds) from plays",
           "select series.upper() from plays",
           "select id from plays union all select hosts from shows",
           "select id from plays order by all",
           "from plays pivot (sum(seconds) for series in ('s1'))",
           "select id, 1 as x from plays, range(3)",
           "select 1",
       })
    EXPECT_EQ(named(*leased, sql), std::nullopt) << sql;
}

// Each item's name with what it depends on; nothing where that is not said.
std::optional<std::vector<query::Dependence>> dependences(Lease& lease, const std::string& sql,
                                                          const Schema& from) {
  const auto tree = lease.parse(sql);
  EXPECT_TRUE(tree) << sql << ": " << tree.error().text;
  const auto facts =
      query::walk(tree->json, {.defaults = {.catalog = "mesh", .schema = "shows"}, .sql = sql});
  EXPECT_TRUE(facts) << sql << ": " << facts.error().text;
  if (!facts->naming) return {};
  return query::dependences_of(*facts->naming, from);
}

TEST_F(NamingTest, WhatAnItemDependsOnIsAllThatTheEngineReadsForIt) {
  const auto leased = lease();
  for (const char* sql : {
           "select id, upper(series) as s, seconds + id as both from plays",
           "select id as i, day from plays where seconds > 3",
           "select series as s, sum(seconds) as total from plays group by series",
           "select series, count(*) as n from plays group by all having max(id) > 2",
           "select id * 2 as twice, twice + seconds as more, more as most from plays",
           "select upper(series) as series, id from plays",
           "select p.id, p.series from plays p order by p.day limit 3",
           "select series, count(*) as n from plays group by 1",
           "select distinct series, seconds % 2 as half from plays",
           "select id, seconds as s from plays order by 2 limit 3",
           "select id, unnest(string_split(series, 's')) as part from plays",
           "select id, series from plays qualify row_number() over (partition by day) = 1",
           "select distinct on (series) id from plays",
           "select case when seconds > 3 then series end as x from plays",
           "select id as day, day as id from plays",
           "select plays.id as day, plays.day as id from plays where day > date '2026-01-02'",
       }) {
    const std::optional<std::vector<query::Dependence>> items =
        dependences(*leased, sql, plays_.columns);
    ASSERT_TRUE(items.has_value()) << sql;
    for (const query::Dependence& item : items.value()) {
      const std::string alone = "select \"" + item.name + "\" from (" + sql + ")";
      std::istringstream words(found(*leased, alone));
      std::string column;
      for (words >> column; words >> column;)
        EXPECT_NE(std::ranges::find(item.columns, column), item.columns.end())
            << alone << " reads " << column;
    }
  }
}

TEST_F(NamingTest, AnItemDependsOnNoMoreThanItsWordsAndWhatDecidesOnRows) {
  const auto leased = lease();
  const auto said = [&](const std::string& sql) -> std::string {
    std::string out;
    const auto items = dependences(*leased, sql, plays_.columns);
    if (!items) return "?";
    for (const query::Dependence& item : *items) {
      out += item.name + ":";
      for (const std::string& column : item.columns) out += " " + column;
      out += "; ";
    }
    return out;
  };
  EXPECT_EQ(said("select id, upper(series) as s, 1 as one from plays"),
            "id: id; s: series; one:; ");
  EXPECT_EQ(said("select id, series as s from plays where day is null"),
            "id: id day; s: series day; ");
  EXPECT_EQ(said("select id as a, a + seconds as b, b as c from plays"),
            "a: id; b: id seconds; c: id seconds; ");
  EXPECT_EQ(said("select upper(series) as series from plays"), "series: series; ");
  EXPECT_EQ(said("select count(*) filter (where seconds > 9) as n, max(day) as d from plays"),
            "n: seconds; d: day; ");
  EXPECT_EQ(said("select rank() over (partition by series order by seconds) as r, id from plays"),
            "r: series seconds; id: id; ");
  EXPECT_EQ(said("select day as d, count(*) as n from plays group by d order by 2"),
            "d: day; n: day; ");
}

TEST_F(NamingTest, PartsOfNamesAreNotTakenForColumns) {
  const auto leased = lease();
  for (const char* sql : {
           "select mesh.shows.odd.pin as x from shows.odd",
           "select odd.main.upper() as x from odd",
           "select main.upper(pin) as x from odd",
       }) {
    EXPECT_EQ(named(*leased, sql), std::nullopt) << sql;
    EXPECT_FALSE(dependences(*leased, sql, odd_.columns)) << sql;
  }
  EXPECT_EQ(named(*leased, "select s.first from odd"), "odd s");
  EXPECT_EQ(named(*leased, "select odd.pin from odd"), "odd pin");
}

TEST_F(NamingTest, ATableThatIsCalledAsAnItemIsNotThatItem) {
  const auto leased = lease();
  for (const char* sql : {
           "select to_json(x)::varchar as x from odd as x",
           "select id as x from odd as x where x::varchar like '%p1%'",
           "select id as x from odd as x order by x limit 1",
           "select hash(x)::varchar as x from odd as x",
           "select pin.id as id from odd as pin",
       })
    EXPECT_FALSE(dependences(*leased, sql, odd_.columns)) << sql;
}

TEST_F(NamingTest, WhatDecidesOnRowsOrTheirOrderCountsForAll) {
  const auto leased = lease();
  for (const char* sql : {
           "select id, unnest(string_split(pin, 'p')) as x from odd",
           "select id, regexp_split_to_table(pin, 'p') as x from odd",
           "select id, generate_subscripts(string_split(pin, 'p'), 1) as x from odd",
           "select id, pin as x from odd order by 2",
           "select id, pin as x from odd order by 2 collate nocase",
           "select id, pin as x from odd order by id, 2 collate nocase desc nulls last",
           "select id, pin as x from odd order by x",
           "select id, s.first as first, pin as x from odd order by first, x",
           "select distinct id, pin as x from odd",
       }) {
    const auto items = dependences(*leased, sql, odd_.columns);
    if (!items) {
      ADD_FAILURE() << sql;
      continue;
    }
    const std::vector<std::string>& columns = items->front().columns;
    EXPECT_NE(std::ranges::find(columns, "pin"), columns.end()) << sql;
  }
  const auto items =
      dependences(*leased, "select id, s.first as first from odd order by first", odd_.columns);
  if (!items) FAIL() << "an order by a field is known";
  EXPECT_EQ(items->front().columns, (std::vector<std::string>{"id", "first", "s"}));
}

TEST_F(NamingTest, WhatDependsOnTooMuchIsNotSaid) {
  const auto leased = lease();
  Schema wide;
  std::string list, all;
  for (int i = 0; i < 160; ++i) {
    wide.columns.push_back(column("c" + std::to_string(i), type(TypeKind::int64)));
    list += (i == 0 ? "" : ", ") + wide.columns.back().name;
    all += (i == 0 ? "" : " and ") + wide.columns.back().name + " > 0";
  }
  EXPECT_TRUE(dependences(*leased, "select " + list + " from plays", wide));
  EXPECT_FALSE(dependences(*leased, "select " + list + " from plays where " + all, wide));
}

TEST_F(NamingTest, WhatAnItemDependsOnIsNotGuessed) {
  const auto leased = lease();
  for (const char* sql : {
           "select * from plays",
           "select id, upper(series) from plays",
           "select plays as p from plays",
           "select a.id as i, b.day as d from plays a, plays b",
           "select id from plays where id in (select id from plays)",
           "select shows.plays.id as i from shows.plays",
           "select #1 as i from plays",
       })
    EXPECT_FALSE(dependences(*leased, sql, plays_.columns)) << sql;
}

}  // namespace
}  // namespace hansa::engine
