#include "worker/encode.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/text.h"
#include "worker/scalar.h"

namespace hansa::worker {
namespace {

// DuckDB as it is in a worker, but not sealed.
class Encode : public testing::Test {
 protected:
  std::string text(const std::string& sql, bool csv = false) {
    auto prepared = connection_.prepare(sql);
    EXPECT_TRUE(prepared) << prepared.error().text;
    auto rows = prepared->stream();
    EXPECT_TRUE(rows) << rows.error().text;
    const auto encoder = csv ? csv_encoder(rows->columns()) : json_encoder(rows->columns());
    for (;;) {
      const auto vectors = rows->next();
      EXPECT_TRUE(vectors);
      if (!vectors || vectors->empty()) return std::string(encoder->bytes());
      encoder->add(*vectors, 0, rows->count());
    }
  }

  Database database_ = *Database::open();
  Connection connection_ = *database_.connect();
};

TEST_F(Encode, WritesNumbersThatEveryReaderKeepsAsNumbers) {
  EXPECT_EQ(text("select 9007199254740991, -9007199254740991, 9007199254740992, -9007199254740992, "
                 "9223372036854775807, "
                 "(-9223372036854775808)::BIGINT"),
            "[9007199254740991,-9007199254740991,\"9007199254740992\",\"-9007199254740992\","
            "\"9223372036854775807\","
            "\"-9223372036854775808\"]");
  EXPECT_EQ(text("select 18446744073709551615::UBIGINT, 7::UBIGINT, 5::HUGEINT, "
                 "(-9007199254740991)::HUGEINT, "
                 "(-9007199254740992)::HUGEINT"),
            "[\"18446744073709551615\",7,5,-9007199254740991,\"-9007199254740992\"]");
  EXPECT_EQ(
      text("select 170141183460469231731687303715884105727::HUGEINT, "
           "(-170141183460469231731687303715884105728)::HUGEINT, "
           "340282366920938463463374607431768211455::UHUGEINT"),
      "[\"170141183460469231731687303715884105727\",\"-170141183460469231731687303715884105728\","
      "\"340282366920938463463374607431768211455\"]");
}

TEST_F(Encode, WritesFloatsShortestAndTheRestAsText) {
  EXPECT_EQ(text("select 0.1::DOUBLE, 1e300, -0.0::DOUBLE, 0.1::FLOAT, 5e-324, 'nan'::DOUBLE, "
                 "'inf'::DOUBLE, "
                 "'-inf'::FLOAT"),
            "[0.1,1e+300,-0,0.1,5e-324,\"NaN\",\"Infinity\",\"-Infinity\"]");
}

TEST_F(Encode, WritesDecimalsWithAllTheirDigits) {
  EXPECT_EQ(
      text("select 1.5::DECIMAL(4,2), -0.05::DECIMAL(9,2), 0::DECIMAL(18,3), 12::DECIMAL(38,0), "
           "-0.00000000000000000000000000000000000001::DECIMAL(38,38), "
           "(-99999999999999999999999999999999999999)::DECIMAL(38,0)"),
      "[\"1.50\",\"-0.05\",\"0.000\",\"12\",\"-0.00000000000000000000000000000000000001\","
      "\"-99999999999999999999999999999999999999\"]");
}

TEST_F(Encode, WritesTimesAsIso8601) {
  EXPECT_EQ(text("select DATE '2026-11-22', DATE '0044-03-15 (BC)', DATE '10000-01-01', "
                 "'infinity'::DATE, TIME '09:05:00.5', "
                 "TIMESTAMP '1969-12-31 23:59:59.999999', TIMESTAMP_S '2020-02-29 00:00:00', "
                 "TIMESTAMP_MS '2020-01-01 "
                 "00:00:00.120', TIMESTAMP_NS '2020-01-01 00:00:00.000000001', TIMESTAMPTZ "
                 "'2020-01-01 02:00:00+02'"),
            "[\"2026-11-22\",\"-0043-03-15\",\"+10000-01-01\",\"infinity\",\"09:05:00.500000\","
            "\"1969-12-31T23:59:59.999999\","
            "\"2020-02-29T00:00:00\",\"2020-01-01T00:00:00.120\",\"2020-01-01T00:00:00.000000001\","
            "\"2020-01-01T00:00:00Z\"]");
  EXPECT_EQ(text("select INTERVAL '14 months 3 days 04:05:06.5', INTERVAL 0 DAY, INTERVAL '-90 "
                 "seconds', INTERVAL '-0.25 "
                 "seconds', INTERVAL 2 DAY"),
            "[\"P1Y2M3DT4H5M6.5S\",\"PT0S\",\"PT-1M-30S\",\"PT-0.25S\",\"P2D\"]");
}

TEST_F(Encode, WritesTextBytesAndNestedValues) {
  EXPECT_EQ(text("select 'a\"b\\c' || chr(10) || chr(1) || 'é', 'ab'::BLOB, ''::BLOB, "
                 "'\\x00\\xFF\\x01'::BLOB, "
                 "'0a1b2c3d-0000-0000-0000-00000000000f'::UUID, 'y'::ENUM('x','y')"),
            "[\"a\\\"b\\\\c\\n\\u0001é\",\"YWI=\",\"\",\"AP8B\",\"0a1b2c3d-0000-0000-0000-"
            "00000000000f\",\"y\"]");
  EXPECT_EQ(text("select [1, null, 3], {'a': 1, 'b\"': [{'c': null}]}, MAP {'k': 1.5::DOUBLE}, [1, "
                 "2]::INTEGER[2], "
                 "[]::INTEGER[], null::STRUCT(a INTEGER), [[1], []]"),
            "[[1,null,3],{\"a\":1,\"b\\\"\":[{\"c\":null}]},[{\"key\":\"k\",\"value\":1.5}],[1,2],["
            "],null,[[1],[]]]");
}

TEST_F(Encode, WritesCsv) {
  EXPECT_EQ(text("select 1 as a, 'x,y' as b, '' as c, null as d, [1,2] as e, 1.50::DECIMAL(4,2) as "
                 "f, ' x' as g, 'é' as h, "
                 "''::BLOB as i",
                 true),
            "a,b,c,d,e,f,g,h,i\r\n1,\"x,y\",\"\",,\"[1,2]\",1.50,\" x\",é,\"\"\r\n");
}

// Every type that DuckDB has, its smallest and largest values and NULL: read through the casts, the
// rows are JSON.
TEST_F(Encode, WritesEveryTypeAsJson) {
  auto prepared = connection_.prepare("select * from test_all_types()");
  ASSERT_TRUE(prepared);
  std::vector<std::string> columns;
  for (const ColumnType& column : prepared->columns()) {
    const std::string name = sql_identifier(column.name);
    columns.push_back(has_opaque(column.type)
                          ? "CAST(" + name + " AS " + readable_name(column.type) + ") AS " + name
                          : name);
  }
  for (const std::string format : {"json", "csv"}) {
    const std::string rows =
        text("select " + join(columns, ", ") + " from test_all_types()", format == "csv");
    if (format == "csv") continue;
    const auto json = parse_json("[" + rows + "]");
    ASSERT_TRUE(json) << json.error().text;
    ASSERT_EQ(json->as_array()->size(), 3U);
    for (const Json& row : *json->as_array()) EXPECT_EQ(row.as_array()->size(), columns.size());
    for (const Json& value : *json->as_array()->at(2).as_array()) EXPECT_TRUE(value.is_null());
  }
}

TEST_F(Encode, SeparatesRowsAcrossPieces) {
  auto rows = *connection_.prepare("select range from range(3)")->stream();
  const auto encoder = json_encoder(rows.columns());
  const auto vectors = rows.next();
  std::string pieces;
  for (std::uint64_t i = 0; i < 3; ++i) {
    encoder->add(*vectors, i, 1);
    pieces += std::string(encoder->bytes()) + "|";
    encoder->taken();
  }
  EXPECT_EQ(pieces, "[0]|,\n[1]|,\n[2]|");
}

}  // namespace
}  // namespace hansa::worker
