#include "iceberg/manifest.h"

#include <fmt/format.h>

#include "iceberg/manifest_schema.h"
#include "iceberg/metadata_json.h"
#include "iceberg/scan.h"
#include "iceberg/shared_test.h"
#include "iceberg/types.h"

namespace hansa::iceberg {
namespace {

ManifestFile row_of(std::string_view path) {
  return {.path = at(path),
          .sequence_number = 5,
          .added_snapshot_id = 50,
          .added_files = 1,
          .existing_files = 0,
          .deleted_files = 0,
          .added_rows = 1,
          .existing_rows = 0,
          .deleted_rows = 0,
          .partitions = {},
          .key_metadata = {}};
}

// Any file that the format can carry.
DataFile any_file(std::mt19937_64& random) {
  DataFile file = file_named(std::to_string(random()), static_cast<std::int64_t>(random() % 1000));
  for (std::int32_t id = 1; id < static_cast<std::int32_t>(random() % 5); ++id) {
    file.column_sizes.emplace_back(id, static_cast<std::int64_t>(random()));
    file.null_counts.emplace_back(id, static_cast<std::int64_t>(random() % 100));
    file.lower_bounds.emplace_back(id, std::string(random() % 20, static_cast<char>(random())));
  }
  if (random() % 2) file.split_offsets = {4, 100'000};
  if (random() % 2) file.sort_order_id = 1;
  return file;
}

TEST(Manifest, ReadsBackWhatWasWritten) {
  auto random = random_numbers();
  const Schema schema = current_schema(small_table());
  std::vector<ManifestEntry> entries;
  for (int n = 0; n < 200; ++n)
    entries.push_back({.status = static_cast<EntryStatus>(n % 3),
                       .snapshot_id = n,
                       .sequence_number = n,
                       .file_sequence_number = n,
                       .file = any_file(random)});
  const PartitionSpec spec;
  const std::string bytes = write_manifest({.schema = schema, .spec = spec}, entries).value();
  EXPECT_EQ(read_manifest(bytes, row_of("s3://lake/m"), Statistics::keep).value(), entries);
  const auto bare = read_manifest(bytes, row_of("s3://lake/m"), Statistics::drop).value();
  EXPECT_TRUE(bare[5].file.lower_bounds.empty());
  EXPECT_EQ(bare[5].file.record_count, entries[5].file.record_count);
}

TEST(Manifest, HeaderHoldsWhatTheSpecificationDemands) {
  const Schema schema = current_schema(small_table());
  const PartitionSpec spec{
      .id = 3,
      .fields = {{.source_id = 3, .field_id = 1000, .name = "day", .transform = "identity"}}};
  const std::string bytes =
      write_manifest({.schema = schema, .spec = spec, .content = ManifestContent::deletes}, {})
          .value();
  const auto reader = avro::Reader::open(bytes).value();
  EXPECT_EQ(*reader.header("format-version"), "2");
  EXPECT_EQ(*reader.header("partition-spec-id"), "3");
  EXPECT_EQ(*reader.header("schema-id"), "0");
  EXPECT_EQ(*reader.header("content"), "deletes");
  EXPECT_EQ(*reader.header("partition-spec"),
            R"([{"name":"day","transform":"identity","source-id":3,"field-id":1000}])");
  EXPECT_EQ(*reader.header("schema"), to_text(schema_to_json(schema)));
}

TEST(Manifest, EveryPartitionTypeReadsBack) {
  struct Case {
    std::string type;
    std::string transform;
    avro::Value value;
  };
  const std::vector<Case> cases{{"boolean", "identity", true},
                                {"int", "identity", -3},
                                {"long", "truncate[10]", std::int64_t{1} << 50},
                                {"float", "identity", 1.5},
                                {"double", "identity", -0.25},
                                {"decimal(9,2)", "identity", "\x01\x02\x03\x04"},
                                {"date", "identity", 20'000},
                                {"timestamp", "day", 20'000},
                                {"timestamptz", "hour", 480'000},
                                {"time", "identity", 5},
                                {"string", "identity", "ö"},
                                {"uuid", "identity", std::string(16, '\7')},
                                {"fixed[3]", "identity", "abc"},
                                {"binary", "identity", std::string("\0\xFF", 2)},
                                {"string", "bucket[16]", 7},
                                {"string", "void", {}}};
  for (const Case& each : cases) {
    Schema schema{.columns = {column("c", parse_primitive(each.type).value())}};
    assign_ids(schema);
    const PartitionSpec spec{
        .id = 0,
        .fields = {
            {.source_id = 1, .field_id = 1000, .name = "c part", .transform = each.transform}}};
    for (const avro::Value& value : {each.value, avro::Value()}) {
      ManifestEntry entry{.snapshot_id = 1,
                          .sequence_number = 1,
                          .file_sequence_number = 1,
                          .file = file_named("f")};
      entry.file.partition = {{1000, "_c_part_0", value}};
      const auto bytes = write_manifest({.schema = schema, .spec = spec}, std::span(&entry, 1));
      ASSERT_TRUE(bytes.has_value()) << each.type << ": " << bytes.error().text;
      EXPECT_EQ(read_manifest(*bytes, row_of("s3://lake/m"), Statistics::keep).value()[0], entry)
          << each.type;
    }
    ManifestEntry wrong{.snapshot_id = {},
                        .sequence_number = {},
                        .file_sequence_number = {},
                        .file = file_named("f")};
    wrong.file.partition = {{1000, "c", avro::Value::List{}}};
    EXPECT_EQ(write_manifest({.schema = schema, .spec = spec}, std::span(&wrong, 1)).error().code,
              Code::invalid);
  }
}

TEST(Manifest, RefusesSpecsThatCannotBeWritten) {
  const Schema schema = current_schema(small_table());
  const PartitionSpec unknown{
      .id = 0, .fields = {{.source_id = 1, .field_id = 1000, .name = "x", .transform = "zorder"}}};
  const PartitionSpec dangling{
      .id = 0,
      .fields = {{.source_id = 9, .field_id = 1000, .name = "x", .transform = "identity"}}};
  EXPECT_EQ(write_manifest({.schema = schema, .spec = unknown}, {}).error().code, Code::invalid);
  EXPECT_EQ(write_manifest({.schema = schema, .spec = dangling}, {}).error().code, Code::invalid);
}

TEST(Manifest, RefusesEveryTruncationAndNeverFailsButByAnError) {
  auto random = random_numbers();
  const Schema schema = current_schema(small_table());
  ManifestEntry entry{
      .snapshot_id = 1, .sequence_number = 1, .file_sequence_number = 1, .file = any_file(random)};
  const PartitionSpec spec;
  for (const Codec codec : {Codec::null, Codec::deflate}) {
    const std::string bytes =
        write_manifest({.schema = schema, .spec = spec, .codec = codec}, std::span(&entry, 1))
            .value();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto read = read_manifest(std::string_view(bytes).substr(0, size),
                                      row_of("s3://lake/m"), Statistics::keep);
      EXPECT_TRUE(!read || read->empty());
    }
    for (int round = 0; round < 2000; ++round) {
      std::string changed = bytes;
      for (auto changes = 1 + random() % 3; changes > 0; --changes)
        changed[random() % changed.size()] = static_cast<char>(random());
      (void)read_manifest(changed, row_of("s3://lake/m"), Statistics::keep);
      (void)read_manifest_list(changed);
    }
  }
}

TEST(ManifestList, ReadsBackAndRefusesMissingCounts) {
  ManifestFile full = row_of("s3://lake/m");
  full.partitions = {
      {.contains_null = true, .contains_nan = false, .lower_bound = "a", .upper_bound = {}}};
  ManifestFile deletes = row_of("s3://lake/n");
  deletes.content = ManifestContent::deletes;
  const std::vector rows{full, deletes};
  const std::string bytes =
      write_manifest_list({.snapshot_id = 5, .parent_id = 4, .sequence_number = 6}, rows).value();
  EXPECT_EQ(read_manifest_list(bytes).value(), rows);
  EXPECT_EQ(*avro::Reader::open(bytes)->header("parent-snapshot-id"), "4");
  full.added_rows.reset();
  EXPECT_EQ(write_manifest_list({}, std::span(&full, 1)).error().code, Code::invalid);
}

TEST(ManifestsOf, RefusesDeleteFilesAndEncryptedManifests) {
  ManifestFile row = row_of("s3://lake/m");
  row.content = ManifestContent::deletes;
  const auto deletes = manifests_of(write_manifest_list({}, std::span(&row, 1)).value());
  EXPECT_EQ(deletes.error().code, Code::invalid);
  EXPECT_NE(deletes.error().text.find("delete files"), std::string::npos);
  row.added_files = 0;  // Nothing in it is alive.
  EXPECT_TRUE(manifests_of(write_manifest_list({}, std::span(&row, 1)).value())->empty());
  row = row_of("s3://lake/m");
  row.key_metadata = "key";
  EXPECT_EQ(manifests_of(write_manifest_list({}, std::span(&row, 1)).value()).error().code,
            Code::invalid);
}

TEST(Scan, RefusesFilesThatAreNotPlainParquet) {
  const Schema schema = current_schema(small_table());
  for (int which = 0; which < 4; ++which) {
    ManifestEntry entry{
        .snapshot_id = 1, .sequence_number = 1, .file_sequence_number = 1, .file = file_named("f")};
    if (which == 0) entry.file.format = "ORC";
    if (which == 1) entry.file.content = FileContent::equality_deletes;
    if (which == 2) entry.file.key_metadata = "key";
    const PartitionSpec spec;
    const std::string bytes =
        write_manifest({.schema = schema, .spec = spec}, std::span(&entry, 1)).value();
    Scan scan;
    const auto added = scan.add(row_of("s3://lake/m"), bytes);
    if (which == 3) EXPECT_TRUE(added.has_value());
    else EXPECT_EQ(added.error().code, Code::invalid) << which;
  }
}

TEST(Scan, RefusesCountsThatOverflow) {
  const Schema schema = current_schema(small_table());
  std::vector<ManifestEntry> entries(
      2,
      {.snapshot_id = 1, .sequence_number = 1, .file_sequence_number = 1, .file = file_named("f")});
  for (ManifestEntry& entry : entries) entry.file.record_count = INT64_MAX;
  const PartitionSpec spec;
  Scan scan;
  EXPECT_EQ(scan.add(row_of("s3://lake/m"),
                     write_manifest({.schema = schema, .spec = spec}, entries).value())
                .error()
                .code,
            Code::corrupt);
}

// --- third parties' tables -----------------------------------------------------------------------

// Their paths are relative; ours must name a bucket.
void move_into_bucket(avro::Value& value) {
  if (auto* text = std::get_if<std::string>(&value.data)) {
    for (const std::string_view start : {"data/persistent/", "lineitem_iceberg/", "warehouse/"})
      if (text->starts_with(start)) *text = "s3://corpus/" + *text;
  } else if (auto* list = std::get_if<avro::Value::List>(&value.data)) {
    for (avro::Value& item : *list) move_into_bucket(item);
  }
}

std::string moved_into_bucket(const std::string& bytes) {
  avro::Reader reader = avro::Reader::open(bytes).value();
  avro::Writer writer =
      avro::Writer::open({.schema = *reader.header("avro.schema"), .header = {}}).value();
  for (;;) {
    auto record = reader.next().value();
    if (!record) return std::move(writer).finish();
    move_into_bucket(*record);
    EXPECT_TRUE(writer.append(*record).has_value());
  }
}

std::string spelled_in_bucket(std::string text) {
  for (const std::string_view from :
       {"\"data/persistent/", "\"./lineitem_iceberg", "\"lineitem_iceberg/", "\"gs://laura-"})
    for (auto found = text.find(from); found != text.npos; found = text.find(from, found + 1))
      text.replace(found, from.find("gs://") == from.npos ? 1 : 6, "\"s3://corpus/");
  for (auto found = text.find("/./"); found != text.npos; found = text.find("/./"))
    text.replace(found, 3, "/");
  return text;
}

// Version 3; manifests inside the metadata; a snapshot id past 64 bits; an empty object.
bool rightly_refused(const std::string& text) {
  for (const std::string_view why :
       {"format version 3", "lists its manifests in the metadata",
        "snapshots[1].snapshot-id: expected a whole", "format-version: missing"})
    if (text.find(why) != std::string::npos) return true;
  return false;
}

TEST(Golden, TablesOfSparkPyicebergAndBigQueryListTheirFiles) {
  const auto folder = corpus();
  if (!folder) GTEST_SKIP() << "../shared/corpus/iceberg is absent";
  int tables = 0;
  for (const auto& item :
       std::filesystem::recursive_directory_iterator(*folder / "duckdb-iceberg")) {
    const std::string name = item.path().filename();
    if (!name.ends_with(".metadata.json")) continue;
    const auto table = parse_metadata(spelled_in_bucket(bytes_of(item.path())));
    if (!table) {
      EXPECT_TRUE(rightly_refused(table.error().text)) << item.path() << ": " << table.error().text;
      continue;
    }
    EXPECT_EQ(parse_metadata(write_metadata(*table)).value(), *table) << name;
    for (const Snapshot& snapshot : table->snapshots) {
      const auto here = [&](const Location& at) {
        return item.path().parent_path() / at.key().substr(at.key().rfind('/') + 1);
      };
      if (!std::filesystem::exists(here(snapshot.manifest_list))) continue;
      const auto manifests =
          read_manifest_list(moved_into_bucket(bytes_of(here(snapshot.manifest_list))));
      ASSERT_TRUE(manifests.has_value()) << item.path() << ": " << manifests.error().text;
      std::int64_t rows = 0;
      for (const ManifestFile& manifest : *manifests) {
        if (!std::filesystem::exists(here(manifest.path))) continue;
        const auto entries = read_manifest(moved_into_bucket(bytes_of(here(manifest.path))),
                                           manifest, Statistics::keep);
        ASSERT_TRUE(entries.has_value()) << here(manifest.path) << ": " << entries.error().text;
        for (const ManifestEntry& entry : *entries)
          if (entry.status != EntryStatus::deleted && entry.file.content == FileContent::data)
            rows += entry.file.record_count;
      }
      if (const auto total = snapshot.summary.find("total-records");
          total != snapshot.summary.end()) {
        EXPECT_EQ(std::to_string(rows), total->second) << item.path() << " " << snapshot.id;
        ++tables;
      }
    }
  }
  EXPECT_GT(tables, 10);
}

}  // namespace
}  // namespace hansa::iceberg
