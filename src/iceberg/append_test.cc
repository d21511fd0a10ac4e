#include "iceberg/append.h"

#include <algorithm>

#include "base/json.h"
#include "base/limits.h"
#include "iceberg/metadata_json.h"
#include "iceberg/scan.h"
#include "iceberg/shared_test.h"
#include "iceberg/types.h"

namespace hansa::iceberg {
namespace {

// What the caller of append and scan would keep in an object store.
struct Lake {
  TableMetadata table = small_table();
  std::map<Location, std::string> objects;

  std::string list() const {
    const auto where = manifest_list_of(table).value();
    return where ? objects.at(*where) : "";
  }
  void accept(const Staged& staged) {
    for (const Written& written : staged.writes)
      EXPECT_TRUE(objects.emplace(written.at, written.bytes).second);
    // What is stored is what the next one reads.
    table = parse_metadata(write_metadata(staged.metadata)).value();
  }
  Result<Staged> try_append(std::vector<DataFile> files, std::int64_t id) {
    return append(table, files, list(), stamp(id));
  }
  void add(std::vector<DataFile> files, std::int64_t id) {
    const auto staged = try_append(std::move(files), id);
    ASSERT_TRUE(staged.has_value()) << staged.error().text;
    accept(*staged);
  }
  void replace(std::vector<DataFile> files, std::int64_t id) {
    std::vector<OldManifest> old;
    if (const std::string bytes = list(); !bytes.empty())
      for (const ManifestFile& manifest : must(read_manifest_list(bytes)))
        old.push_back({manifest, objects.at(manifest.path)});
    const auto staged = overwrite(table, files, old, stamp(id));
    ASSERT_TRUE(staged.has_value()) << staged.error().text;
    accept(*staged);
  }
  Files files(std::optional<std::int64_t> snapshot = {}) const {
    const auto where = manifest_list_of(table, snapshot).value();
    Scan scan;
    if (where)
      for (const ManifestFile& manifest : must(manifests_of(objects.at(*where)))) {
        const auto added = scan.add(manifest, objects.at(manifest.path));
        EXPECT_TRUE(added.has_value()) << (added ? "" : added.error().text);
      }
    return std::move(scan).take();
  }
  std::vector<std::string> names(std::optional<std::int64_t> snapshot = {}) const {
    std::vector<std::string> out;
    for (const DataFile& file : files(snapshot).files)
      out.push_back(file.path.key().substr(file.path.key().rfind('/') + 1));
    std::ranges::sort(out);
    return out;
  }
};
using Names = std::vector<std::string>;

TEST(Append, RefusesFilesThatCannotBeRight) {
  Lake lake;
  DataFile deletes = file_named("d");
  deletes.content = FileContent::position_deletes;
  DataFile negative = file_named("n");
  negative.record_count = -1;
  DataFile other_spec = file_named("s");
  other_spec.spec_id = 4;
  EXPECT_EQ(lake.try_append({deletes}, 1).error().code, Code::invalid);
  EXPECT_EQ(lake.try_append({negative}, 1).error().code, Code::invalid);
  EXPECT_EQ(lake.try_append({other_spec}, 1).error().code, Code::invalid);
  EXPECT_EQ(lake.try_append({file_named("a"), file_named("a")}, 1).error().code, Code::invalid);
}

TEST(Append, RefusesMoreFilesThanOnePublishMayHave) {
  for (const std::size_t count :
       {limits::files_per_publish_max, limits::files_per_publish_max + 1}) {
    Lake lake;
    std::vector<DataFile> files;
    for (std::size_t n = 0; n < count; ++n) files.push_back(file_named(std::to_string(n)));
    EXPECT_EQ(lake.try_append(std::move(files), 1).has_value(),
              count == limits::files_per_publish_max);
  }
}

TEST(Append, RefusesATakenIdAVersionOneTableAndAWrongList) {
  Lake lake;
  lake.add({file_named("a")}, 1);
  EXPECT_EQ(lake.try_append({file_named("b")}, 1).error().code, Code::conflict);
  EXPECT_EQ(lake.try_append({file_named("b")}, 0).error().code, Code::invalid);
  EXPECT_EQ(append(lake.table, {}, "", stamp(2)).error().code, Code::invalid);
  EXPECT_EQ(append(lake.table, {}, "not Avro", stamp(2)).error().code, Code::corrupt);
  lake.table.format_version = 1;
  EXPECT_EQ(lake.try_append({file_named("b")}, 2).error().code, Code::invalid);
}

TEST(Append, AddsToWhatWasThere) {
  Lake lake;
  EXPECT_EQ(lake.names(), Names{});
  lake.add({file_named("a", 1), file_named("b", 2)}, 1);
  lake.add({file_named("c", 4)}, 2);
  lake.add({}, 3);
  EXPECT_EQ(lake.names(), (Names{"a", "b", "c"}));
  EXPECT_EQ(lake.names(1), (Names{"a", "b"}));
  EXPECT_EQ(lake.files().rows, 7);
  EXPECT_EQ(lake.files().bytes, 700);
  const Snapshot& second = *find_snapshot(lake.table, 2);
  EXPECT_EQ(second.parent_id, 1);
  EXPECT_EQ(second.sequence_number, 2);
  EXPECT_EQ(second.summary.at("added-records"), "4");
  EXPECT_EQ(second.summary.at("total-records"), "7");
  EXPECT_EQ(second.summary.at("total-data-files"), "3");
  EXPECT_EQ(lake.table.last_sequence_number, 3);
}

TEST(Append, InheritsSequenceNumbersFromTheList) {
  Lake lake;
  lake.add({file_named("a")}, 1);
  lake.add({file_named("b")}, 2);
  std::vector<std::int64_t> numbers;
  for (const ManifestFile& manifest : must(read_manifest_list(lake.list())))
    for (const ManifestEntry& entry :
         must(read_manifest(lake.objects.at(manifest.path), manifest, Statistics::keep)))
      numbers.push_back(entry.sequence_number.value());
  EXPECT_EQ(numbers, (std::vector<std::int64_t>{2, 1}));
}

TEST(Append, TimesNeverRunBackwards) {
  Lake lake;
  lake.table.last_updated_ms = kNow.us / 1000 + 1'000'000;
  lake.add({file_named("a")}, 1);
  EXPECT_EQ(current_snapshot(lake.table)->timestamp_ms, kNow.us / 1000 + 1'000'000);
}

TEST(Append, TheSameCallGivesTheSameBytes) {
  Lake lake;
  EXPECT_EQ(lake.try_append({file_named("a")}, 1)->writes,
            lake.try_append({file_named("a")}, 1)->writes);
}

TEST(Overwrite, LeavesOnlyTheNewFiles) {
  Lake lake;
  lake.add({file_named("a", 1), file_named("b", 2)}, 1);
  lake.add({file_named("c", 4)}, 2);
  lake.replace({file_named("d", 8)}, 3);
  EXPECT_EQ(lake.names(), Names{"d"});
  EXPECT_EQ(lake.names(2), (Names{"a", "b", "c"}));
  const Properties& summary = current_snapshot(lake.table)->summary;
  EXPECT_EQ(summary.at("operation"), "overwrite");
  EXPECT_EQ(summary.at("deleted-records"), "7");
  EXPECT_EQ(summary.at("total-records"), "8");
  lake.add({file_named("e")}, 4);
  EXPECT_EQ(lake.names(), (Names{"d", "e"}));
  lake.replace({}, 5);
  EXPECT_EQ(lake.names(), Names{});
}

TEST(RollbackTo, BringsBackTheFilesOfThen) {
  Lake lake;
  lake.add({file_named("a")}, 1);
  lake.replace({file_named("b")}, 2);
  EXPECT_EQ(rollback_to(lake.table, 9, kNow).error().code, Code::not_found);
  lake.table = rollback_to(lake.table, 1, kNow).value();
  EXPECT_EQ(lake.names(), Names{"a"});
  lake.add({file_named("c")}, 3);
  EXPECT_EQ(lake.names(), (Names{"a", "c"}));
  EXPECT_EQ(find_snapshot(lake.table, 3)->sequence_number, 3);
  lake.table = rollback_to(lake.table, 2, kNow).value();
  EXPECT_EQ(lake.names(), Names{"b"});
}

TEST(AppendAndOverwrite, AnySequenceLeavesTheFilesOfAModel) {
  auto random = random_numbers();
  for (int round = 0; round < 20; ++round) {
    Lake lake;
    Names live;
    std::map<std::int64_t, Names> then;
    for (std::int64_t id = 1; id <= 12; ++id) {
      std::vector<DataFile> files;
      for (auto count = random() % 4; count > 0; --count)
        files.push_back(file_named(std::to_string(id * 10 + static_cast<std::int64_t>(count))));
      Names added;
      for (const DataFile& file : files)
        added.push_back(file.path.key().substr(file.path.key().rfind('/') + 1));
      if (random() % 3 == 0) {
        live.clear();
        lake.replace(files, id);
      } else {
        lake.add(files, id);
      }
      live.insert(live.end(), added.begin(), added.end());
      std::ranges::sort(live);
      then[id] = live;
      if (random() % 4 == 0) {
        const auto back = 1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(id));
        lake.table = rollback_to(lake.table, back, kNow).value();
        live = then.at(back);
      }
      ASSERT_EQ(lake.names(), live);
    }
    for (const auto& [id, names] : then) EXPECT_EQ(lake.names(id), names);
  }
}

TEST(CreateTable, GivesFreshIdsAndAMappingByName) {
  Schema schema = small_schema();
  for (Column& each : schema.columns) each.id += 30;
  schema.columns[1].id = 31;
  schema.columns[2].id = 32;
  const auto table =
      create_table({.location = at("s3://lake/t"),
                    .uuid = uuid_of(1),
                    .schema = schema,
                    .identifier_fields = {30},
                    .spec = {.fields = {{.source_id = 32, .name = "day", .transform = "identity"}}},
                    .order = {},
                    .properties = {{"owner", "audience"}},
                    .now = kNow});
  ASSERT_TRUE(table.has_value()) << table.error().text;
  EXPECT_EQ(table->schemas[0].columns[2].id, 3);
  EXPECT_EQ(table->identifier_fields.at(0), std::vector{1});
  EXPECT_EQ(find_spec(*table, table->default_spec_id)->fields[0].source_id, 3);
  EXPECT_EQ(table->last_partition_id, 1000);
  const auto mapping = parse_json(table->properties.at(std::string(kNameMapping)));
  EXPECT_EQ(
      to_text(*mapping),
      R"([{"field-id":1,"names":["episode"]},{"field-id":2,"names":["plays"]},{"field-id":3,"names":["day"]}])");
}

TEST(CreateTable, RefusesIdsThatNoColumnHas) {
  EXPECT_EQ(create_table({.location = at("s3://lake/t"),
                          .uuid = uuid_of(1),
                          .schema = small_schema(),
                          .identifier_fields = {7},
                          .spec = {},
                          .order = {},
                          .properties = {},
                          .now = kNow})
                .error()
                .code,
            Code::invalid);
}

}  // namespace
}  // namespace hansa::iceberg
