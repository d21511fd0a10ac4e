#include "iceberg/metadata_json.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "iceberg/shared_test.h"
#include "iceberg/types.h"

namespace hansa::iceberg {
namespace {

const std::string kWhole =
    R"J({"format-version":2,"table-uuid":"u","location":"s3://lake/t/","last-sequence-number":1,
  "last-updated-ms":5,"last-column-id":2,"current-schema-id":0,
  "schemas":[{"type":"struct","schema-id":0,"identifier-field-ids":[1],"fields":[
    {"id":1,"name":"a","required":true,"type":"long","doc":"first"},
    {"id":2,"name":"b","required":false,"type":{"type":"map","key-id":3,"key":"string","value-id":4,
      "value":{"type":"list","element-id":5,"element":"decimal(9, 2)","element-required":false},"value-required":true}}]}],
  "default-spec-id":0,"partition-specs":[{"spec-id":0,"fields":[{"name":"a","transform":"bucket[4]","source-id":1,"field-id":1000}]}],
  "last-partition-id":1000,"default-sort-order-id":0,"sort-orders":[{"order-id":0,"fields":[]}],
  "properties":{"anybody":"may add"},"current-snapshot-id":9,"unknown-member":[{}],
  "snapshots":[{"snapshot-id":9,"sequence-number":1,"timestamp-ms":5,"manifest-list":"s3a://lake/t/m.avro","summary":{"operation":"append"},"schema-id":0}],
  "refs":{"main":{"snapshot-id":9,"type":"branch"},"gold":{"snapshot-id":9,"type":"tag","max-ref-age-ms":7}},
  "statistics":[{"snapshot-id":9,"statistics-path":"s3://lake/t/s.puffin","blob-metadata":[1]}],
  "snapshot-log":[{"timestamp-ms":5,"snapshot-id":9}],"metadata-log":[{"timestamp-ms":4,"metadata-file":"s3://lake/t/v1.json"}]})J";

std::string with(std::string_view from, std::string_view to) {
  std::string out = kWhole;
  const auto found = out.find(from);
  EXPECT_NE(found, std::string::npos) << from;
  return out.replace(found, from.size(), to);
}

struct Refusal {
  std::string_view from, to, names;
  Code code = Code::corrupt;
};

TEST(ParseMetadata, NamesTheMemberItRefuses) {
  const Refusal refusals[] = {
      {"\"s3://lake/t/\"", "\"/etc/passwd\"", "location"},
      {"\"s3://lake/t/\"", "\"s3://lake/a/../b\"", "location"},
      {"s3a://lake/t/m.avro", "file:///tmp/m.avro", "snapshots[0].manifest-list"},
      {"s3://lake/t/s.puffin", "http://x/y", "statistics[0].statistics-path"},
      {"s3://lake/t/v1.json", "", "metadata-log[0].metadata-file"},
      {"\"snapshot-id\":9,\"sequence-number\"", "\"snapshot-id\":\"9\",\"sequence-number\"",
       "snapshots[0].snapshot-id"},
      {"\"type\":\"long\"", "\"type\":\"timestamp_ns\"", "schemas[0].fields[0].type"},
      {"\"element-id\":5", "\"element-id\":1", "field id 1 stands twice"},
      {"\"name\":\"b\"", "\"name\":\"a\"", "'a' is a column twice"},
      {"\"required\":true", "\"required\":1", "schemas[0].fields[0].required"},
      {"[1],\"fields\"", "[77],\"fields\"", "identifier-field-ids[0]"},
      {"\"current-schema-id\":0", "\"current-schema-id\":4", "current-schema-id"},
      {"\"default-spec-id\":0", "\"default-spec-id\":4", "default-spec-id"},
      {"\"default-sort-order-id\":0", "\"default-sort-order-id\":4", "default-sort-order-id"},
      {"\"current-snapshot-id\":9", "\"current-snapshot-id\":8", "current-snapshot-id"},
      {"{\"snapshot-id\":9,\"type\":\"tag\"", "{\"snapshot-id\":3,\"type\":\"tag\"", "refs.gold"},
      {"\"type\":\"tag\"", "\"type\":\"twig\"", "refs.gold"},
      {"{\"anybody\":\"may add\"}", "{\"anybody\":1}", "properties.anybody"},
      {"{\"anybody\":\"may add\"}", "[]", "properties"},
      {"\"last-column-id\":2", "\"last-column-id\":20000000000", "last-column-id"},
      {"\"table-uuid\":\"u\",", "", "table-uuid"},
      {"\"last-partition-id\":1000,", "", "last-partition-id"},
      {"\"format-version\":2", "\"format-version\":3", "format version 3", Code::invalid},
      {"\"format-version\":2", "\"format-version\":\"2\"", "format-version"},
  };
  for (const Refusal& refusal : refusals) {
    const auto read = parse_metadata(with(refusal.from, refusal.to));
    ASSERT_FALSE(read.has_value()) << refusal.names;
    EXPECT_EQ(read.error().code, refusal.code) << read.error().text;
    EXPECT_NE(read.error().text.find(refusal.names), std::string::npos) << read.error().text;
  }
}

TEST(ParseMetadata, RefusesEveryTruncation) {
  for (std::size_t size = 0; size < kWhole.size(); ++size)
    EXPECT_FALSE(parse_metadata(std::string_view(kWhole).substr(0, size)).has_value()) << size;
}

TEST(ParseMetadata, RefusesWhatWouldCostMoreThanItsBytes) {
  EXPECT_EQ(parse_metadata(std::string(limits::table_metadata_members_max + 1, '[')).error().code,
            Code::exhausted);
  EXPECT_EQ(parse_metadata(std::string(limits::table_metadata_bytes_max + 1, ' ')).error().code,
            Code::exhausted);
  EXPECT_EQ(parse_metadata(std::string(100'000, '[')).error().code, Code::corrupt);
}

TEST(ParseMetadata, RefusesManifestsInsideTheMetadata) {
  const auto read = parse_metadata(
      with("\"manifest-list\":\"s3a://lake/t/m.avro\"", "\"manifests\":[\"s3://lake/m\"]"));
  EXPECT_EQ(read.error().code, Code::invalid);
}

TEST(ParseMetadata, RefusesMoreColumnsThanTheLimit) {
  for (const std::size_t count : {limits::columns_max, limits::columns_max + 1}) {
    std::string fields;
    for (std::size_t n = 1; n <= count; ++n)
      fields += fmt::format("{}{{\"id\":{},\"name\":\"c{}\",\"required\":false,\"type\":\"int\"}}",
                            n > 1 ? "," : "", n, n);
    const auto json = parse_json("{\"type\":\"struct\",\"fields\":[" + fields + "]}").value();
    EXPECT_EQ(schema_from_json(Member(json, "s", Code::corrupt)).has_value(),
              count == limits::columns_max);
  }
}

TEST(ParseMetadata, ReadsWhatIsThere) {
  const TableMetadata table = parse_metadata(kWhole).value();
  EXPECT_EQ(table.location.text(), "s3://lake/t");
  EXPECT_EQ(table.snapshots[0].manifest_list.text(), "s3://lake/t/m.avro");
  EXPECT_EQ(table.last_column_id, 5);  // Never below an id in use, whatever the file says.
  EXPECT_EQ(to_text(table.schemas[0].columns[1].type), "map<string, list<decimal(9,2)>>");
  EXPECT_EQ(table.identifier_fields.at(0), std::vector{1});
  EXPECT_EQ(table.refs.at("gold").ref_age_ms_max, 7);
  EXPECT_EQ(table.properties.at("anybody"), "may add");
}

TEST(WriteMetadata, ReadsBackTheSame) {
  const TableMetadata table = parse_metadata(kWhole).value();
  EXPECT_EQ(parse_metadata(write_metadata(table)).value(), table);
  const TableMetadata fresh = small_table();
  EXPECT_EQ(parse_metadata(write_metadata(fresh)).value(), fresh);
}

TEST(Golden, MetadataOfTheReferenceImplementation) {
  const auto folder = corpus();
  if (!folder) GTEST_SKIP() << "../shared/corpus/iceberg is absent";
  for (const auto& file : std::filesystem::directory_iterator(*folder / "apache-iceberg")) {
    const std::string name = file.path().filename();
    if (!name.starts_with("TableMetadata")) continue;
    std::string text = bytes_of(file.path());
    // Their bucket "a" is too short a name.
    for (auto found = text.find("s3://a/"); found != text.npos; found = text.find("s3://a/"))
      text.replace(found, 7, "s3://aaa/");
    const auto read = parse_metadata(text);
    const bool bad = name.find("Missing") != name.npos || name.find("NotFound") != name.npos ||
                     name.find("Unsupported") != name.npos || name.find("V3") != name.npos;
    EXPECT_EQ(read.has_value(), !bad) << name << ": " << (read ? "" : read.error().text);
    if (read) {
      EXPECT_EQ(parse_metadata(write_metadata(*read)).value(), *read) << name;
    }
  }
}

}  // namespace
}  // namespace hansa::iceberg
