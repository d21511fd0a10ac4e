// Files that take the place of others.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "iceberg/append.h"
#include "iceberg/metadata_json.h"
#include "iceberg/scan.h"

namespace hansa::iceberg {
namespace {

Location place(const std::string& name) {
  return *Location::parse("s3://bucket/tables/t/data/" + name);
}

DataFile file_of(const std::string& name, std::int64_t rows) {
  DataFile file;
  file.path = place(name);
  file.record_count = rows;
  file.file_size = rows * 10;
  file.value_counts = {{1, rows}};
  return file;
}

// A table and every object that was written for it.
struct Bucket {
  TableMetadata table;
  std::map<Location, std::string> objects;
  std::int64_t snapshots = 0;

  Bucket() {
    NewTable wanted{.location = *Location::parse("s3://bucket/tables/t"),
                    .uuid = "00000000-0000-4000-a000-000000000000",
                    .schema = {},
                    .identifier_fields = {},
                    .spec = {},
                    .order = {},
                    .properties = {},
                    .now = Time{1}};
    wanted.schema.columns = {Column{.id = 1,
                                    .name = "a",
                                    .type = {.kind = TypeKind::int64, .fields = {}},
                                    .required = false,
                                    .description = {}}};
    table = *create_table(wanted);
  }
  Stamp stamp() {
    ++snapshots;
    return {.snapshot_id = snapshots,
            .commit_uuid = "00000000-0000-4000-a000-00000000000" + std::to_string(snapshots),
            .now = Time{snapshots * 1'000'000}};
  }
  std::string list() const {
    const auto* current = current_snapshot(table);
    return current == nullptr ? std::string() : objects.at(current->manifest_list);
  }
  void take(const Staged& staged) {
    table = staged.metadata;
    for (const Written& each : staged.writes) objects[each.at] = each.bytes;
  }
  void add(const std::vector<DataFile>& files) {
    const auto staged = append(table, files, list(), stamp());
    ASSERT_TRUE(staged) << staged.error().text;
    take(*staged);
  }
  Result<Staged> replaced(const std::vector<DataFile>& files, const std::set<Location>& gone) {
    std::vector<OldManifest> old;
    const auto rows = manifests_of(list());
    EXPECT_TRUE(rows) << rows.error().text;
    for (const ManifestFile& row : *rows) old.push_back({row, objects.at(row.path)});
    return replace(table, files, gone, old, stamp());
  }
  // What is live, with the snapshot and the sequence number of its addition.
  std::map<Location, std::pair<std::int64_t, std::int64_t>> live() const {
    std::map<Location, std::pair<std::int64_t, std::int64_t>> out;
    const auto rows = manifests_of(list());
    EXPECT_TRUE(rows) << rows.error().text;
    for (const ManifestFile& row : *rows) {
      const auto entries = read_manifest(objects.at(row.path), row, Statistics::keep);
      EXPECT_TRUE(entries) << entries.error().text;
      for (const ManifestEntry& entry : *entries) {
        if (entry.status == EntryStatus::deleted) continue;
        out[entry.file.path] = {entry.snapshot_id.value_or(-1), entry.sequence_number.value_or(-1)};
        EXPECT_EQ(entry.file.value_counts.size(), 1U);
      }
    }
    return out;
  }
};

TEST(Replace, KeepsTheOthersAsTheyWere) {
  Bucket bucket;
  bucket.add({file_of("1", 1), file_of("2", 2)});
  bucket.add({file_of("3", 3)});
  bucket.add({file_of("4", 4)});
  const auto staged = bucket.replaced({file_of("13", 4)}, {place("1"), place("3")});
  ASSERT_TRUE(staged) << staged.error().text;
  bucket.take(*staged);
  using Added = std::pair<std::int64_t, std::int64_t>;
  EXPECT_EQ(bucket.live(), (std::map<Location, Added>{
                               {place("13"), {4, 4}}, {place("2"), {1, 1}}, {place("4"), {3, 3}}}));
  const Snapshot& snapshot = staged->snapshot;
  EXPECT_EQ(snapshot.summary.at("operation"), "replace");
  EXPECT_EQ(snapshot.summary.at("total-data-files"), "3");
  EXPECT_EQ(snapshot.summary.at("total-records"), "10");
  EXPECT_EQ(snapshot.summary.at("total-files-size"), "100");
  EXPECT_EQ(snapshot.summary.at("deleted-data-files"), "2");
  EXPECT_EQ(snapshot.summary.at("deleted-records"), snapshot.summary.at("added-records"));
  EXPECT_EQ(*parse_metadata(write_metadata(bucket.table)), bucket.table);
  // What comes after stands on it.
  bucket.add({file_of("5", 5)});
  EXPECT_EQ(bucket.live().size(), 4U);
  EXPECT_EQ(current_snapshot(bucket.table)->summary.at("total-records"), "15");
}

TEST(Replace, RefusesWhatIsNotThere) {
  Bucket bucket;
  bucket.add({file_of("1", 1), file_of("2", 2)});
  const auto other = bucket.replaced({file_of("12", 3)}, {place("1"), place("3")});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::conflict);
  bucket.take(*bucket.replaced({file_of("12", 3)}, {place("1"), place("2")}));
  EXPECT_EQ(bucket.live().size(), 1U);
  // Twice is once too often.
  EXPECT_EQ(bucket.replaced({file_of("12b", 3)}, {place("1"), place("2")}).error().code,
            Code::conflict);
}

}  // namespace
}  // namespace hansa::iceberg
