// Writes a small Iceberg table with src/iceberg, for readers by other hands:
//
//   write_table FOLDER NAME:ROWS:BYTES ...
//
// The Parquet files are there already, as FOLDER/lake/plays/data/NAME. The first is appended, then
// the others together; then the last alone replaces all; then that is rolled back. After each step
// the metadata is FOLDER/lake/plays/metadata/STEP.metadata.json: 0 created, 1 and 2 appended, 3
// replaced, 4 rolled back.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "iceberg/append.h"
#include "iceberg/metadata_json.h"
#include "iceberg/scan.h"

namespace hansa::iceberg {
namespace {

constexpr Time kNow{1'795'340'000'000'000};
// Past what a double holds, as real ids are, yet far enough apart for readers that round to one.
std::int64_t snapshot_of(int step) { return 7'000'000'000'000'000'000 + step * 1'000'000; }

std::string uuid_of(int step) {
  return "00000000-0000-4000-8000-00000000000" + std::to_string(step);
}

class Table {
 public:
  explicit Table(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<void> create() {
    Schema schema{
        .columns = {{.name = "episode", .type = {.kind = TypeKind::string}, .required = true},
                    {.name = "plays", .type = {.kind = TypeKind::int64}}}};
    HANSA_TRY(Location location, Location::parse("s3://lake/plays"));
    HANSA_TRY(
        auto table,
        create_table({.location = location, .uuid = uuid_of(9), .schema = schema, .now = kNow}));
    return keep(std::move(table));
  }

  Result<void> add(std::vector<DataFile> files) {
    HANSA_TRY(const std::string list, current_list());
    HANSA_TRY(Staged staged, append(*table_, files, list, stamp()));
    return keep(std::move(staged));
  }

  Result<void> replace(std::vector<DataFile> files) {
    HANSA_TRY(const std::string list, current_list());
    HANSA_TRY(const auto manifests, read_manifest_list(list));
    std::vector<OldManifest> old;
    for (const ManifestFile& manifest : manifests)
      old.push_back({manifest, written_.at(manifest.path)});
    HANSA_TRY(Staged staged, overwrite(*table_, files, old, stamp()));
    return keep(std::move(staged));
  }

  Result<void> roll_back(int step) {
    HANSA_TRY(auto table, rollback_to(*table_, snapshot_of(step), kNow));
    return keep(std::move(table));
  }

 private:
  Stamp stamp() const {
    return {.snapshot_id = snapshot_of(step_),
            .commit_uuid = uuid_of(step_),
            .now = kNow + Seconds(step_)};
  }

  Result<std::string> current_list() const {
    HANSA_TRY(const auto at, manifest_list_of(*table_));
    return at ? written_.at(*at) : std::string();
  }

  Result<void> keep(Staged staged) {
    for (Written& written : staged.writes) {
      write(written.at.bucket() + "/" + written.at.key(), written.bytes);
      written_.emplace(written.at, std::move(written.bytes));
    }
    return keep(std::move(staged.metadata));
  }

  Result<void> keep(TableMetadata table) {
    write("lake/plays/metadata/" + std::to_string(step_) + ".metadata.json", write_metadata(table));
    table_ = std::move(table);
    ++step_;
    return {};
  }

  void write(const std::string& name, const std::string& bytes) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }

  std::filesystem::path folder_;
  std::optional<TableMetadata> table_;
  std::map<Location, std::string> written_;
  int step_ = 0;
};

Result<DataFile> file_from(std::string_view argument) {
  const auto parts = split(argument, ':');
  if (parts.size() != 3) return invalid("write NAME:ROWS:BYTES");
  HANSA_TRY(Location path, Location::make("lake", "plays/data/" + std::string(parts[0])));
  HANSA_TRY(const std::int64_t rows, parse_int(parts[1]));
  HANSA_TRY(const std::int64_t bytes, parse_int(parts[2]));
  return DataFile{.path = std::move(path),
                  .record_count = rows,
                  .file_size = bytes,
                  .column_sizes = {{1, 10}, {2, 20}},
                  .value_counts = {{1, rows}, {2, rows}},
                  .lower_bounds = {{1, "a"}},
                  .split_offsets = {4}};
}

Result<void> run(const std::string& folder, std::vector<std::string_view> arguments) {
  std::vector<DataFile> files;
  for (const std::string_view argument : arguments) {
    HANSA_TRY(DataFile file, file_from(argument));
    files.push_back(std::move(file));
  }
  if (files.size() < 2) return invalid("name at least two files");
  Table table(folder);
  HANSA_CHECK(table.create());
  HANSA_CHECK(table.add({files.front()}));
  HANSA_CHECK(table.add({files.begin() + 1, files.end()}));
  HANSA_CHECK(table.replace({files.back()}));
  return table.roll_back(2);
}

}  // namespace
}  // namespace hansa::iceberg

int main(int count, char** arguments) {
  if (count < 2) return 64;
  const auto done = hansa::iceberg::run(arguments[1], {arguments + 2, arguments + count});
  if (!done) std::fprintf(stderr, "write_table: %s\n", done.error().text.c_str());
  return done ? 0 : 1;
}
