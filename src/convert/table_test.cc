#include "convert/table.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "base/text_limits.h"
#include "convert/columns_test.h"
#include "convert/infer.h"

namespace hansa::convert {
namespace {

Type type(TypeKind kind, std::vector<Column> fields = {}) {
  return {.kind = kind, .fields = std::move(fields)};
}
Type decimal(std::uint32_t precision, std::uint32_t scale) {
  return {TypeKind::decimal, precision, scale, {}};
}
Column column(std::string name, Type type, bool required = false) {
  return {
      .name = std::move(name), .type = std::move(type), .required = required, .description = {}};
}
Source source(std::string text, Encoding encoding = Encoding::detect, std::size_t piece = 7) {
  return Source(
      [text = std::move(text), at = std::size_t{0},
       piece](std::size_t most) mutable -> Result<std::string> {
        std::string out = text.substr(std::min(at, text.size()), std::min(piece, most));
        at += out.size();
        return out;
      },
      encoding);
}

// Rows as "a|b", rejects as "line-last:column:reason", or the error.
struct Outcome {
  std::vector<std::string> rows;
  std::vector<std::string> rejects;
  std::string error;
};
Outcome convert(std::string text, std::vector<Column> columns, Dialect dialect = {},
                std::vector<std::string> formats = {}) {
  Outcome out;
  auto table = Table::open(source(std::move(text), dialect.encoding),
                           {.columns = {.columns = std::move(columns)},
                            .formats = std::move(formats),
                            .dialect = dialect});
  if (!table) return {{}, {}, table.error().text};
  const auto part = (*table)->part();
  for (;;) {
    Columns memory((*table)->columns(), 3);
    const auto filled = part->fill(memory.slots(), memory, 3);
    if (!filled) return {{}, {}, filled.error().text};
    if (*filled == 0) break;
    for (std::uint64_t row = 0; row < *filled; ++row) {
      std::string& line = out.rows.emplace_back();
      for (const Slot& slot : memory.slots())
        line += (line.empty() ? "" : "|") + Columns::text_of(slot, row);
    }
  }
  EXPECT_EQ((*table)->rows(), out.rows.size());
  for (const Reject& reject : (*table)->rejects().take())
    out.rejects.push_back(
        fmt::format("{}-{}:{}:{}", reject.line, reject.last_line, reject.column, reject.reason));
  return out;
}
using Lines = std::vector<std::string>;

const std::vector<Column> kTwo{column("id", type(TypeKind::int64), true),
                               column("name", type(TypeKind::string))};

TEST(Csv, ColumnsComeByNameAndLinesAreTheFilesOwn) {
  const auto out = convert("name,id\r\nann,1\r\n\"b\nb\",2\r\nx,y\r\n\r\n\"c \"\"c\"\"\",4", kTwo);
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.rows, (Lines{"1|ann", "2|b\nb", "4|c \"c\""}));
  EXPECT_EQ(out.rejects, (Lines{"5-5:id:'y' is no long"}));
}

TEST(Csv, WhatIsWrongWithARecordIsSaidWithTheLinesItTakes) {
  const auto out = convert(
      "id,name\n1,a,b\n2\n3,\"q\"x\n4,\"m\nn\",z\n5,a\rb\n,x\n6,ok\n7,\xff\xfe\n8,\"\"\n9,\n",
      kTwo);
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.rows, (Lines{"6|ok", "8|", "9|NULL"}));
  EXPECT_EQ(
      out.rejects,
      (Lines{"2-2::it has 3 fields and should have 2", "3-3::it has 1 field and should have 2",
             "4-4:name:text stands behind the closing quote",
             "5-6::it has 3 fields and should have 2",
             "7-7:name:a carriage return stands outside quotes",
             "8-8:id:it is required and there is no value",
             "10-10::the line is not UTF-8; if the file is Latin-1, say --encoding "
             "latin-1"}));
}

TEST(Csv, TheHeaderIsHeldAgainstTheContract) {
  EXPECT_TRUE(convert("", kTwo).error.contains("the file is empty"));
  EXPECT_EQ(convert("id,name\n", kTwo).rows, Lines{});
  EXPECT_EQ(convert("id\n5\n", kTwo).rows, Lines{"5|NULL"});
  EXPECT_TRUE(convert("name\nx\n", kTwo).error.contains("required column id is missing"));
  EXPECT_TRUE(convert("id,nom\n", kTwo).error.contains("line 1: the contract has no column nom"));
  EXPECT_TRUE(convert("id,id\n", kTwo).error.contains("two columns are called 'id'"));
  EXPECT_TRUE(convert("id,,name\n", kTwo).error.contains("field 2 of the header has no name"));
  EXPECT_TRUE(convert("\nid,name\n", kTwo).error.contains("line 1: the header is empty"));
  EXPECT_EQ(convert("5,x\n", kTwo, {.header = false}).rows, Lines{"5|x"});
}

// Ends of fields are looked for several bytes at a time, and bytes beside a delimiter in value and
// place are no delimiters.
TEST(Csv, AFieldEndsWhereItEndsWhateverItsLength) {
  for (std::size_t length = 1; length < 20; ++length)
    for (const std::string_view odd : {"x", "-", "+", "\v", "\xc3\xa4", "\x7f"}) {
      std::string text(length, 'x');
      const std::string last = text + std::string(odd);
      text += "," + last;
      for (const char* end : {"\n", "\r\n", ""}) {
        const auto out = convert("7|" + text + end, kTwo, {.delimiter = "|", .header = false});
        EXPECT_EQ(out.rows, Lines{"7|" + text}) << length;
        const auto two = convert(last + "," + text.substr(0, length) + end,
                                 {column("a", type(TypeKind::string)), kTwo[1]},
                                 {.delimiter = ",", .header = false});
        EXPECT_EQ(two.rows, Lines{last + "|" + text.substr(0, length)}) << length;
      }
    }
}

TEST(Values, ADecimalOfFewDigitsIsReadLikeAnyOther) {
  const std::vector<Column> own{column("d", decimal(4, 2)), column("w", decimal(4, 0))};
  const auto out = convert(
      "d,w\n1.25,1\n-1.25,-1\n12.34,9999\n-.25,5.\n+1.2,+1\n0012.50,00012\n1e1,1e1\n"
      ".,1\n-,1\n-.,1\n--1,1\n1.2.,1\n1.,.\n123.45,1\n1.234,1\n1.00,10000\n",
      own);
  // Shown without their points.
  EXPECT_EQ(out.rows,
            (Lines{"125|1", "-125|-1", "1234|9999", "-25|5", "120|1", "1250|12", "1000|10"}));
  EXPECT_EQ(out.rejects.size(), 9U);
}

TEST(Csv, AQuoteThatIsNeverClosedRefusesTheWholeFileWhereItStands) {
  EXPECT_TRUE(convert("id,name\n1,a\n2,\"b\n3,c\n", kTwo).error.contains("line 3: a quote"));
  EXPECT_EQ(convert("id,name\n1,5\" pipe\n", kTwo).rows, Lines{"1|5\" pipe"});
}

TEST(Csv, ARecordHasALimit) {
  const std::string fits(limits::record_bytes_max - 16, 'x');
  EXPECT_EQ(convert("id,name\n1," + fits + "\n", kTwo).rows.size(), 1U);
  const std::string large(limits::record_bytes_max, 'x');
  EXPECT_TRUE(
      convert("id,name\n1,a\n2,\"" + large, kTwo).error.contains("line 3: a record of more"));
}

TEST(Csv, DialectsAreFoundOrSaid) {
  EXPECT_EQ(convert("id;name\n1;a,b\n", kTwo).rows, Lines{"1|a,b"});
  EXPECT_EQ(convert("id\tname\n1\ta\n", kTwo).rows, Lines{"1|a"});
  EXPECT_EQ(convert("id|name\n1|'a|b'\n", kTwo, {.quote = "'"}).rows, Lines{"1|a|b"});
  EXPECT_EQ(convert("id,name\n1,\"a\\\"b\\\\\"\n2,\"c\"\n", kTwo, {.escape = "\\"}).rows,
            (Lines{"1|a\"b\\", "2|c"}));
  EXPECT_EQ(convert("id,name\n1,NA\n2,\n3,\"NA\"\n", kTwo, {.null_text = "NA"}).rows,
            (Lines{"1|NULL", "2|", "3|NA"}));
  EXPECT_TRUE(convert("id\n", kTwo, {.delimiter = "ab"}).error.contains("delimiter"));
}

TEST(Csv, EncodingsAreFollowedOrRefusedByLine) {
  EXPECT_EQ(convert("\xef\xbb\xbfid,name\n1,\xc3\xa4\n", kTwo).rows, Lines{"1|\xc3\xa4"});
  EXPECT_EQ(convert("id,name\n1,\xe4\n", kTwo, {.encoding = Encoding::latin1}).rows,
            Lines{"1|\xc3\xa4"});
  const auto wide = [](std::u16string_view text, bool big) {
    std::string out;
    for (const char16_t c : text)
      for (const int byte : {0, 1}) out += static_cast<char>(c >> ((byte == 0) == big ? 8 : 0));
    return out;
  };
  const std::u16string text = u"id,name\n1,\u00e4\U0001F600\n";
  EXPECT_EQ(convert("\xff\xfe" + wide(text, false), kTwo).rows,
            Lines{"1|\xc3\xa4\xf0\x9f\x98\x80"});
  EXPECT_EQ(convert("\xfe\xff" + wide(text, true), kTwo).rows, Lines{"1|\xc3\xa4\xf0\x9f\x98\x80"});
  EXPECT_TRUE(convert(wide(text, false), kTwo).error.contains("looks like UTF-16"));
  EXPECT_EQ(convert(wide(text, false), kTwo, {.encoding = Encoding::utf16le}).rows.size(), 1U);
  const std::u16string broken{u'i', u'd', u'\n', u'1', u'\n', 0xD800, u'\n'};
  EXPECT_EQ(convert("\xff\xfe" + wide(broken, false), {kTwo[0]}).rejects.size(), 1U);
  EXPECT_TRUE(convert(std::string("id,name\n1,a\0b\n", 14), kTwo).rejects.at(0).contains("NUL"));
}

TEST(Values, AreExactOrRefused) {
  const auto one = [](Type type, const std::string& text, Dialect dialect = {}) {
    const auto out = convert("v\n\"" + text + "\"\n", {column("v", std::move(type))}, dialect);
    return out.rows.empty() ? out.rejects.empty() ? out.error : out.rejects[0].substr(6)
                            : out.rows[0];
  };
  EXPECT_EQ(one(type(TypeKind::int64), "9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(one(type(TypeKind::int64), "9223372036854775808"),
            "'9223372036854775808' is beyond long");
  EXPECT_EQ(one(type(TypeKind::int32), "2147483648"), "'2147483648' is beyond int");
  EXPECT_EQ(one(type(TypeKind::int64), " -5 "), "-5");
  EXPECT_EQ(one(type(TypeKind::int64), "5.00"), "5");
  EXPECT_EQ(one(type(TypeKind::int64), "1.5"), "'1.5' has more digits than long keeps");
  EXPECT_EQ(one(type(TypeKind::int64), "1,000"), "'1,000' is no long");
  EXPECT_EQ(one(decimal(10, 2), "007.10"), "710");
  EXPECT_EQ(one(decimal(10, 2), "-12345678.99"), "-1234567899");
  EXPECT_EQ(one(decimal(10, 2), "123456789"), "'123456789' is beyond decimal(10,2)");
  EXPECT_EQ(one(decimal(10, 2), "1.005"), "'1.005' has more digits than decimal(10,2) keeps");
  EXPECT_EQ(one(decimal(10, 2), "1.5e2"), "15000");
  EXPECT_EQ(one(decimal(10, 2), "1e9999"), "'1e9999' is beyond decimal(10,2)");
  EXPECT_EQ(one(decimal(4, 1), "1,5", {.decimal_comma = true}), "15");
  EXPECT_EQ(one(type(TypeKind::float64), "1e999"), "'1e999' is beyond double");
  EXPECT_EQ(one(type(TypeKind::float64), "0x10"), "'0x10' is no double");
  EXPECT_EQ(one(type(TypeKind::float64), "NaN"), "nan");
  EXPECT_EQ(one(type(TypeKind::string), "007"), "007");
  EXPECT_EQ(one(type(TypeKind::boolean), "Yes"), "true");
  EXPECT_EQ(one(type(TypeKind::boolean), "2"), "'2' is no boolean");
  EXPECT_EQ(one(type(TypeKind::binary), "aGk="), "hi");
}

TEST(Values, DatesAndTimesAreIsoOrInTheContractsPattern) {
  const auto one = [](TypeKind kind, const std::string& text, std::string format = {}) {
    const auto out = convert("v\n\"" + text + "\"\n", {column("v", type(kind))}, {}, {format});
    return out.rows.empty() ? out.rejects.empty() ? out.error : out.rejects[0].substr(6)
                            : out.rows[0];
  };
  EXPECT_EQ(one(TypeKind::date, "1970-01-02"), "1");
  EXPECT_EQ(one(TypeKind::date, "2023-02-29"), "'2023-02-29' is no date");
  EXPECT_EQ(one(TypeKind::date, "02.01.1970", "dd.MM.yyyy"), "1");
  EXPECT_EQ(one(TypeKind::date, "1/2/70", "M/d/yy"), "1");
  EXPECT_EQ(one(TypeKind::date, "1970-01-02T10:00"),
            "'1970-01-02T10:00' has more digits than date keeps");
  EXPECT_EQ(one(TypeKind::timestamp, "1970-01-01 00:00:01.5"), "1500000");
  EXPECT_EQ(one(TypeKind::timestamp, "1970-01-01T00:00:00.0000001"),
            "'1970-01-01T00:00:00.0000001' has more digits than timestamp keeps");
  EXPECT_TRUE(one(TypeKind::timestamp, "1970-01-01T00:00:00Z").contains("has an offset"));
  EXPECT_EQ(one(TypeKind::timestamptz, "1970-01-01T02:00:00+02:00"), "0");
  EXPECT_TRUE(one(TypeKind::timestamptz, "1970-01-01T00:00:00").contains("has no offset"));
  EXPECT_EQ(one(TypeKind::timestamp, "01/01/1970 01:00 PM", "MM/dd/yyyy hh:mm a"), "46800000000");
  EXPECT_EQ(one(TypeKind::time, "00:00:01"), "1000000");
  EXPECT_TRUE(one(TypeKind::date, "x", "QQ").contains("has 'QQ'"));
  EXPECT_TRUE(one(TypeKind::date, "x", "MM/yyyy").contains("no year, month or day"));
}

const std::vector<Column> kNested{
    column("id", type(TypeKind::int64), true),
    column("at", type(TypeKind::structure, {column("city", type(TypeKind::string), true),
                                            column("zip", type(TypeKind::string))})),
    column("tags", type(TypeKind::list, {column("element", type(TypeKind::int32))})),
    column("more", type(TypeKind::map, {column("key", type(TypeKind::string), true),
                                        column("value", decimal(4, 1))}))};

TEST(Ndjson, NestedValuesFollowTheContract) {
  const auto out = convert(
      "{\"tags\":[1,null,3],\"id\":1,\"at\":{\"city\":\"K\\u00f6ln\",\"zip\":50667}}\n"
      "\n"
      "{\"id\":2,\"more\":{\"a\":1.5,\"b\":null},\"tags\":[]}\n"
      "{\"id\":3,\"at\":{\"zip\":\"1\"}}\n"
      "{\"id\":4,\"tags\":[5,\"x\"]}\n"
      "{\"id\":5,\"nom\":1}\n"
      "{\"id\":6,\"id\":7}\n"
      "{\"id\":8\n"
      "[1]\n"
      "{\"at\":null}\n"
      "{\"id\":9,\"tags\":[7]} x\n"
      "{\"id\":18446744073709551616}\n"
      "{\"id\":10,\"more\":{\"a\":1.55}}\n"
      "{\"id\":\"11\",\"tags\":[8,9]}",
      kNested, {.format = TextFormat::ndjson});
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.rows, (Lines{"1|{city: K\xc3\xb6ln, zip: 50667}|[1, NULL, 3]|NULL",
                             "2|NULL|[]|[a: 15, b: NULL]", "11|NULL|[8, 9]|NULL"}));
  EXPECT_EQ(out.rejects,
            (Lines{"4-4:at.city:it is required and there is no value", "5-5:tags:'x' is no int",
                   "6-6::there is no column 'nom'", "7-7::the member 'id' stands twice",
                   "8-8::the JSON is broken at byte 8", "9-9::the line is no JSON object",
                   "10-10:id:it is required and there is no value",
                   "11-11::something stands behind the JSON object",
                   "12-12:id:'18446744073709551616' is beyond long",
                   "13-13:more:'1.55' has more digits than decimal(4,1) keeps"}));
}

TEST(Ndjson, NestingHasALimit) {
  const auto nested = [](std::size_t depth) {
    std::string text = "{\"v\":";
    text += std::string(depth, '[') + std::string(depth, ']') + "}\n";
    return convert(text, {column("v", type(TypeKind::string))}, {.format = TextFormat::ndjson});
  };
  EXPECT_EQ(nested(limits::nesting_max - 1).rows.size(), 1U);
  EXPECT_EQ(nested(limits::nesting_max).rejects.size(), 1U);
  EXPECT_EQ(nested(100'000).rejects.size(), 1U);
}

TEST(Infer, TheNarrowestTypeThatHoldsEveryValue) {
  const auto guess = infer(
      source(
          "id,code,price,day,at,ok,big,mix,none\n1,007,1.50,2026-01-02,2026-01-02T03:04:05Z,true,"
          "12345678901234567890,1,\n-2,12,2,2026-01-03,2026-01-02T03:04:05+02:00,FALSE,1,x,\n"
          "1,2\n"),
      {});
  ASSERT_TRUE(guess) << guess.error().text;
  Lines types;
  for (const Column& column : guess->columns.columns)
    types.push_back(column.name + " " + to_text(column.type));
  EXPECT_EQ(types, (Lines{"id long", "code string", "price double", "day date", "at timestamptz",
                          "ok boolean", "big string", "mix string", "none string"}));
  EXPECT_EQ(guess->rows, 2U);
  EXPECT_EQ(guess->rejected, 1U);
  EXPECT_EQ(guess->first_reject, "line 4: it has 2 fields and should have 9");
}

TEST(Infer, NdjsonGivesStructuresAndLists) {
  const auto guess =
      infer(source("{\"a\":1,\"b\":{\"c\":[1,2.5],\"d\":\"2026-01-02\"}}\n"
                   "{\"a\":2,\"b\":{\"c\":[]},\"e\":[],\"f\":{},\"g\":\"5\"}\n{\"a\":"),
            {.format = TextFormat::ndjson});
  ASSERT_TRUE(guess) << guess.error().text;
  Lines types;
  for (const Column& column : guess->columns.columns)
    types.push_back(column.name + " " + to_text(column.type));
  EXPECT_EQ(types, (Lines{"a long", "b struct<c: list<double>, d: date>", "e list<string>",
                          "f string", "g string"}));
  EXPECT_EQ(guess->rows, 2U);
  EXPECT_TRUE(guess->first_reject.starts_with("line 3:"));
}

TEST(Rejects, AreAllCountedAndTheFirstKept) {
  std::string text = "id\n";
  for (int i = 0; i < 1000; ++i) text += "x\n";
  auto table = Table::open(source(text, Encoding::detect, 4096),
                           {.columns = {.columns = {column("id", type(TypeKind::int64))}},
                            .formats = {},
                            .dialect = {},
                            .rejects_kept = 10});
  ASSERT_TRUE(table);
  Columns memory((*table)->columns(), 8);
  EXPECT_EQ(*(*table)->part()->fill(memory.slots(), memory, 8), 0U);
  EXPECT_EQ((*table)->rejects().count(), 1000U);
  const auto kept = (*table)->rejects().take();
  ASSERT_EQ(kept.size(), 10U);
  EXPECT_EQ(kept[9].line, 11U);
}

}  // namespace
}  // namespace hansa::convert
