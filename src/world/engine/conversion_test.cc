// Text files through the real worker: as Parquet that is read back, as guesses, and bombs.
#include <cstdlib>

#include "base/text_limits.h"
#include "world/engine/engine_test.h"

namespace hansa::engine {
namespace {

class Conversions : public EngineTest {
 public:
  struct Done {
    query::Converted outcome;
    std::string report;
    std::string parquet;
  };
  Result<Done> convert(const std::string& text, std::vector<Column> columns, Dialect dialect = {},
                       const std::string& name = "t.csv") {
    if (!pool_) open(options());
    query::Conversion conversion{.file = file_of(name + std::to_string(++files_), text),
                                 .dialect = std::move(dialect),
                                 .columns = {.columns = std::move(columns)},
                                 .formats = {}};
    conversion.file.label = name;
    HANSA_TRY(const auto lease, pool_->lease(PrincipalId{}, soon(), {}));
    HANSA_TRY(const auto rows, lease->convert(query::ClosedPlan::convert(std::move(conversion))));
    Done done;
    HANSA_TRY(done.parquet, drain(*rows, std::size_t{1} << 30));
    HANSA_TRY(const Converted converted, lease->converted());
    done.outcome = converted.outcome;
    HANSA_TRY(done.report, drain(*converted.report, std::size_t{1} << 30));
    return done;
  }
  // What a reader sees of it.
  std::string rows(const Done& done, std::vector<Column> columns, const std::string& sql) {
    return rows_of(sql, {relation("t", std::move(columns),
                                  {file_of("c" + std::to_string(++files_), done.parquet)})});
  }
  int files_ = 0;
};

Type decimal(std::uint32_t precision, std::uint32_t scale) {
  return {TypeKind::decimal, precision, scale, {}};
}
Type nested(TypeKind kind, std::vector<Column> fields) { return {kind, 0, 0, std::move(fields)}; }

TEST_F(Conversions, EveryTypeArrivesAsItWasWritten) {
  const std::vector<Column> columns{column("s", type(TypeKind::string)),
                                    column("n", type(TypeKind::int64)),
                                    column("i", type(TypeKind::int32)),
                                    column("p", decimal(10, 2)),
                                    column("h", decimal(38, 3)),
                                    column("d", type(TypeKind::date)),
                                    column("at", type(TypeKind::timestamptz)),
                                    column("t", type(TypeKind::time)),
                                    column("u", type(TypeKind::uuid)),
                                    column("b", type(TypeKind::binary)),
                                    column("f", type(TypeKind::float64)),
                                    column("o", type(TypeKind::boolean))};
  const auto done = convert(
      "s,n,i,p,h,d,at,t,u,b,f,o\n"
      "007 and more than "
      "twelve,-9223372036854775808,5,0.10,12345678901234567890123456789012345.678,"
      "2024-02-29,2026-11-22T09:00:00.000001+01:00,23:59:59,"
      "f47ac10b-58cc-4372-a567-0e02b2c3d479,aGk=,0.1,true\n,,,,,,,,,,,\n",
      columns);
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(done->outcome.rows, 2U);
  EXPECT_EQ(done->outcome.rejected, 0U);
  EXPECT_EQ(done->report, "");
  EXPECT_EQ(rows(*done, columns, "SELECT * FROM t ORDER BY s NULLS LAST"),
            "[\"007 and more than twelve\",\"-9223372036854775808\",5,\"0.10\","
            "\"12345678901234567890123456789012345.678\",\"2024-02-29\","
            "\"2026-11-22T08:00:00.000001Z\",\"23:59:59\","
            "\"f47ac10b-58cc-4372-a567-0e02b2c3d479\",\"aGk=\",0.1,true],\n"
            "[null,null,null,null,null,null,null,null,null,null,null,null]");
}

TEST_F(Conversions, NestedValuesArriveInTheirLists) {
  const std::vector<Column> columns{
      column("id", type(TypeKind::int64)),
      column(
          "tags",
          nested(
              TypeKind::list,
              {column("element",
                      nested(TypeKind::structure,
                             {column("k", type(TypeKind::string)),
                              column("n", nested(TypeKind::list,
                                                 {column("element", type(TypeKind::int32))}))}))})),
      column("m", nested(TypeKind::map,
                         {column("key", type(TypeKind::string)), column("value", decimal(4, 1))}))};
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    text += "{\"id\":" + std::to_string(i) + ",\"tags\":[{\"k\":\"a long text, number " +
            std::to_string(i) + "\",\"n\":[1,2,3]},null,{\"n\":[]}],\"m\":{\"x\":1.5}}\n";
    if (i % 7 == 0) text += "{\"id\":1,\"tags\":[{\"k\":\"gone\",\"n\":[9,\"x\"]}]}\n";
  }
  const auto done = convert(text, columns, {.format = TextFormat::ndjson}, "t.ndjson");
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(done->outcome.rows, 5000U);
  EXPECT_EQ(done->outcome.rejected, 715U);
  EXPECT_TRUE(done->outcome.first_rejects.starts_with("line 2: column tags"))
      << done->outcome.first_rejects;
  EXPECT_EQ(rows(*done, columns,
                 "SELECT count(*), sum(len(tags)), sum(list_sum(tags[1].n)), count(tags[2]), "
                 "sum(len(tags[3].n)), count(*) FILTER (tags[1].k = 'a long text, number ' || id), "
                 "sum(m['x']) FROM t"),
            "[5000,15000,30000,0,0,5000,\"7500.0\"]");
}

TEST_F(Conversions, ALargeFileIsReadByAllThreadsAndEveryLineIsThere) {
  std::string text = "id,name\n";
  for (int i = 0; i < 300'000; ++i)
    text += std::to_string(i) + (i % 1000 == 999 ? ",\"a\nb\"\n" : ",plain text of a row\n");
  text += "x,y\n";
  const std::vector<Column> columns{column("id", type(TypeKind::int64)),
                                    column("name", type(TypeKind::string))};
  const auto done = convert(text, columns);
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(done->outcome.rows, 300'000U);
  EXPECT_EQ(done->outcome.first_rejects, "line 300302: column id: 'x' is no long");
  EXPECT_EQ(rows(*done, columns, "SELECT count(DISTINCT id), sum(id) FROM t"),
            "[300000,44999850000]");
}

TEST_F(Conversions, TheWholeFilesErrorsNameItAndItsLine) {
  const std::vector<Column> columns{column("id", type(TypeKind::int64))};
  const auto error = [&](const std::string& text) {
    const auto done = convert(text, columns, {}, "r.csv");
    return done ? "converted" : done.error().text;
  };
  EXPECT_EQ(error("id\n1\n\"2\n"),
            "r.csv: line 3: a quote is opened in this record and never closed");
  EXPECT_EQ(error(""), "r.csv: the file is empty");
  EXPECT_EQ(error("\x1f\x8b\x08 broken"), "r.csv: the gzip file is broken");
  EXPECT_EQ(error("id\n" + std::string(limits::record_bytes_max + 1, '1')),
            "r.csv: line 2: a record of more than 16777216 bytes");
  EXPECT_TRUE(convert("id\n7\n", columns)) << "the next one finds a worker";
}

TEST_F(Conversions, AGuessIsAnInspectionOfText) {
  query::Inspection inspection{.files = {file_of("g.csv", "a,b\n1,x\n2,y\n3\n")},
                               .text = Dialect{}};
  const auto leased = lease();
  const auto footers = leased->inspect(query::ClosedPlan::inspect(std::move(inspection)));
  ASSERT_TRUE(footers) << footers.error().text;
  EXPECT_EQ(footers->at(0).rows, 2U);
  EXPECT_EQ(footers->at(0).rejected, 1U);
  EXPECT_EQ(to_text(footers->at(0).schema.columns.at(0).type), "long");
}

TEST_F(Conversions, NoStatementSeesWhatConvertsFiles) {
  const std::vector<Column> columns{column("id", type(TypeKind::int64))};
  auto only = options();
  only.workers_max = 1;
  open(only);
  ASSERT_TRUE(convert("id\n7\n", columns));
  EXPECT_TRUE(failure_of("SELECT * FROM hansa_rows()").text.contains("hansa_rows"));
}

}  // namespace
}  // namespace hansa::engine
