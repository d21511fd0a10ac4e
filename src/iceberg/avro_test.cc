#include "iceberg/avro.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "iceberg/avro_binary.h"
#include "iceberg/shared_test.h"

namespace hansa::iceberg::avro {
namespace {

const std::string kNumbers =
    R"({"type":"record","name":"r","fields":[{"name":"n","type":"long","field-id":7}]})";

std::string file_of(const std::string& schema, const std::vector<Value>& records,
                    Codec codec = Codec::deflate) {
  Writer writer =
      Writer::open(
          {.schema = schema, .header = {{"made-by", "test"}}, .codec = codec, .sync = {'x', 'y'}})
          .value();
  for (const Value& record : records) EXPECT_TRUE(writer.append(record).has_value());
  return std::move(writer).finish();
}

Result<std::vector<Value>> all_of(std::string_view bytes) {
  HANSA_TRY(Reader reader, Reader::open(bytes));
  std::vector<Value> out;
  for (;;) {
    HANSA_TRY(auto record, reader.next());
    if (!record) return out;
    out.push_back(*std::move(record));
  }
}

// A file by hand: header, then one block as it stands.
std::string raw_file(const std::string& schema, std::int64_t count, std::string_view block,
                     std::int64_t claimed) {
  std::string out("Obj\1", 4);
  encode_long(1, out);
  encode_bytes("avro.schema", out);
  encode_bytes(schema, out);
  encode_long(0, out);
  out.append(16, 's');
  encode_long(count, out);
  encode_long(claimed, out);
  out += block;
  out.append(16, 's');
  return out;
}
std::string raw_file(const std::string& schema, std::int64_t count, std::string_view block) {
  return raw_file(schema, count, block, static_cast<std::int64_t>(block.size()));
}

TEST(AvroReader, RefusesEveryTruncation) {
  const std::string whole =
      file_of(kNumbers, {Value::List{1}, Value::List{-5}, Value::List{std::int64_t{1} << 40}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto read = all_of(std::string_view(whole).substr(0, size));
    // A file that ends with its header is whole: it has no record.
    if (read) {
      EXPECT_TRUE(read->empty()) << size;
      continue;
    }
    EXPECT_EQ(read.error().code, Code::corrupt) << size;
  }
}

TEST(AvroReader, RefusesLengthsAndCountsThatTheFileCannotHold) {
  for (const std::int64_t claimed : {std::int64_t{1} << 40, INT64_MAX, std::int64_t{-1}, INT64_MIN})
    EXPECT_EQ(all_of(raw_file(kNumbers, 1, "\2", claimed)).error().code, Code::corrupt) << claimed;
  for (const std::int64_t count :
       {INT64_MAX, std::int64_t{-1}, INT64_MIN, std::int64_t{2}, std::int64_t{0}})
    EXPECT_EQ(all_of(raw_file(kNumbers, count, "\2")).error().code, Code::corrupt) << count;
}

TEST(AvroReader, RefusesItemsThatCostNoByte) {
  const std::string nulls = R"({"type":"array","items":"null"})";
  for (const std::int64_t count : {INT64_MAX, std::int64_t{limits::avro_record_values_max}}) {
    std::string block;
    encode_long(count, block);
    encode_long(0, block);
    EXPECT_EQ(all_of(raw_file(nulls, 1, block)).error().code, Code::exhausted);
  }
  std::string impossible;
  encode_long(INT64_MIN, impossible);
  EXPECT_EQ(all_of(raw_file(nulls, 1, impossible)).error().code, Code::corrupt);
  std::string most;
  encode_long(limits::avro_record_values_max - 1, most);
  encode_long(0, most);
  EXPECT_TRUE(all_of(raw_file(nulls, 1, most)).has_value());
  const std::string nothing = R"({"type":"record","name":"r","fields":[]})";
  EXPECT_EQ(all_of(raw_file(nothing, INT64_MAX, "")).error().code, Code::exhausted);
  EXPECT_EQ(all_of(raw_file(nothing, limits::manifest_entries_max, ""))->size(),
            limits::manifest_entries_max);
}

TEST(AvroReader, RefusesARecordThatContainsItselfWithoutEnd) {
  const std::string endless =
      R"({"type":"record","name":"r","fields":[{"name":"again","type":"r"}]})";
  EXPECT_EQ(all_of(raw_file(endless, 1, "")).error().code, Code::exhausted);
  const std::string linked =
      R"({"type":"record","name":"r","fields":[{"name":"next","type":["null","r"]}]})";
  EXPECT_EQ(all_of(raw_file(linked, 1, std::string(100'000, '\2'))).error().code, Code::exhausted);
  EXPECT_TRUE(all_of(raw_file(linked, 1, std::string("\2\2\0", 3))).has_value());
}

TEST(AvroReader, RefusesRecordsThatDoubleWithEachType) {
  std::string fields = R"({"type":"record","name":"r0","fields":[]})";
  for (int level = 1; level < 40; ++level)
    fields = fmt::format(
        R"({{"type":"record","name":"r{}","fields":[{{"name":"a","type":{}}},{{"name":"b","type":"r{}"}}]}})",
        level, fields, level - 1);
  const auto read = all_of(raw_file(fields, 1, ""));
  ASSERT_FALSE(read.has_value());
}

TEST(AvroReader, RefusesSchemasThatAreNone) {
  for (
      const std::string_view schema :
      {"", "{", "7", "\"nothing\"", "[]", R"([["null"]])", R"({"type":"array"})",
       R"({"type":"fixed","name":"f"})", R"({"type":"fixed","name":"f","size":-1})",
       R"({"type":"fixed","name":"f","size":1000000000})", R"({"type":"record","name":"r"})",
       R"({"type":"record","name":"r","fields":[{}]})",
       R"({"type":"record","name":"r","fields":[{"name":"a","type":"int","field-id":99999999999}]})",
       R"([{"type":"fixed","name":"f","size":1},{"type":"fixed","name":"f","size":1}])"})
    EXPECT_EQ(parse_schema(schema).error().code, Code::corrupt) << schema;
  std::string deep(limits::nesting_max + 1, '[');
  EXPECT_FALSE(parse_schema(deep).has_value());
}

TEST(AvroReader, RefusesMoreBytesThanAManifestMayHave) {
  std::string block;
  encode_bytes(std::string(limits::manifest_bytes_max + 1, 'x'), block);
  for (const Codec codec : {Codec::deflate, Codec::zstandard}) {
    std::string out("Obj\1", 4);
    encode_long(2, out);
    encode_bytes("avro.schema", out);
    encode_bytes("\"bytes\"", out);
    encode_bytes("avro.codec", out);
    encode_bytes(name_of(codec), out);
    encode_long(0, out);
    out.append(16, 's');
    encode_long(1, out);
    encode_bytes(compress(codec, block), out);
    out.append(16, 's');
    EXPECT_LT(out.size(), std::size_t{1} << 20);
    EXPECT_EQ(all_of(out).error().code, Code::exhausted) << name_of(codec);
  }
}

TEST(AvroReader, RefusesOtherCodecsByName) {
  std::string out("Obj\1", 4);
  encode_long(2, out);
  encode_bytes("avro.schema", out);
  encode_bytes(kNumbers, out);
  encode_bytes("avro.codec", out);
  encode_bytes("snappy", out);
  encode_long(0, out);
  out.append(16, 's');
  const auto read = all_of(out);
  EXPECT_EQ(read.error().code, Code::invalid);
  EXPECT_NE(read.error().text.find("snappy"), std::string::npos);
}

TEST(AvroReader, NeverFailsButByAnErrorOnChangedBytes) {
  auto random = random_numbers();
  const std::string schema =
      R"({"type":"record","name":"r","fields":[{"name":"a","type":["null","string"]},
    {"name":"b","type":{"type":"array","items":"long"}},{"name":"c","type":{"type":"map","values":"double"}},
    {"name":"d","type":{"type":"fixed","name":"f","size":3}}]})";
  const Value record =
      Value::List{"text", Value::List{1, 2, 3}, Value::List{Value::List{"k", 1.5}}, "abc"};
  for (const Codec codec : {Codec::null, Codec::deflate, Codec::zstandard}) {
    const std::string whole = file_of(schema, {record, record, record}, codec);
    for (int round = 0; round < 3000; ++round) {
      std::string changed = whole;
      for (auto changes = 1 + random() % 4; changes > 0; --changes)
        changed[random() % changed.size()] = static_cast<char>(random());
      (void)all_of(changed);
    }
  }
}

TEST(AvroWriter, RefusesValuesThatDoNotFitTheSchema) {
  Writer writer = Writer::open({.schema = kNumbers, .header = {}}).value();
  const std::vector<Value> misfits{Value(),
                                   Value("x"),
                                   Value(Value::List{}),
                                   Value(Value::List{"x"}),
                                   Value(Value::List{1, 2}),
                                   Value(Value::List{Value()})};
  for (const Value& bad : misfits) EXPECT_EQ(writer.append(bad).error().code, Code::corrupt);
}

TEST(Avro, EveryKindReadsBackInEveryCodec) {
  const std::string schema = R"({"type":"record","name":"r","fields":[
    {"name":"z","type":"null"},{"name":"t","type":"boolean"},{"name":"i","type":"int"},{"name":"l","type":"long"},
    {"name":"f","type":"float"},{"name":"d","type":"double"},{"name":"y","type":"bytes"},{"name":"s","type":"string"},
    {"name":"x","type":{"type":"fixed","name":"four","size":4}},{"name":"again","type":"four"},
    {"name":"e","type":{"type":"enum","name":"e","symbols":["A","B"]}},
    {"name":"a","type":{"type":"array","items":["null","int"]}},{"name":"m","type":{"type":"map","values":"string"}},
    {"name":"u","type":["null","string","long"]}]})";
  const Value record = Value::List{{},
                                   true,
                                   -1,
                                   INT64_MIN,
                                   1.5,
                                   -2.25,
                                   std::string("\0\xFF", 2),
                                   "ö",
                                   "abcd",
                                   "efgh",
                                   1,
                                   Value::List{1, {}, INT32_MIN},
                                   Value::List{Value::List{"k", "v"}},
                                   INT64_MAX};
  for (const Codec codec : {Codec::null, Codec::deflate, Codec::zstandard}) {
    const auto read = all_of(file_of(schema, {record, record}, codec));
    ASSERT_TRUE(read.has_value()) << read.error().text;
    EXPECT_EQ(*read, (std::vector{record, record})) << name_of(codec);
  }
}

TEST(Avro, LongsReadBackWhateverTheyAre) {
  auto random = random_numbers();
  std::vector<std::int64_t> numbers{0, 1, -1, 63, 64, -64, -65, INT64_MAX, INT64_MIN};
  for (int round = 0; round < 1000; ++round)
    numbers.push_back(static_cast<std::int64_t>(random() >> (random() % 64)));
  for (const std::int64_t number : numbers) {
    std::string bytes;
    encode_long(number, bytes);
    std::int64_t back = 0;
    ASSERT_TRUE(Decoder(bytes).read_long(back));
    EXPECT_EQ(back, number);
  }
}

TEST(Avro, ManyRecordsCrossBlocks) {
  std::vector<Value> records;
  for (int n = 0; n < 50'000; ++n) records.push_back(Value::List{std::int64_t{n} * n * n});
  EXPECT_EQ(all_of(file_of(kNumbers, records)).value(), records);
}

TEST(Avro, SchemaTextHeaderAndFieldIdsStayAsGiven) {
  const std::string bytes = file_of(kNumbers, {});
  const Reader reader = Reader::open(bytes).value();
  EXPECT_EQ(*reader.header("avro.schema"), kNumbers);
  EXPECT_EQ(*reader.header("made-by"), "test");
  EXPECT_EQ(reader.header("absent"), nullptr);
  EXPECT_EQ(reader.schema().node(reader.schema().root).fields[0].id, 7);
}

}  // namespace
}  // namespace hansa::iceberg::avro
