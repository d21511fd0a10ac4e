// Files with known contents, through Parquet and back. HANSA_FILES says how many, HANSA_SEED which.
#include "worker/conversion.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "worker/generated_test.h"
#include "worker/piped.h"

namespace hansa::worker {
namespace {

namespace fs = std::filesystem;

std::uint64_t number_of(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  const auto number = parse_int(text == nullptr ? "" : text);
  return number ? static_cast<std::uint64_t>(*number) : otherwise;
}

// In a folder like a seat, since files are named relative to it.
class ConversionTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "hansa-conversion-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    before_ = fs::current_path();
    fs::current_path(name);
    fs::create_directory("in");
    ASSERT_EQ(mkfifo(kPipe, 0600), 0);
  }
  void TearDown() override {
    const fs::path seat = fs::current_path();
    fs::current_path(before_);
    fs::remove_all(seat);
  }
  struct Done {
    query::Converted outcome;
    std::string report;
    std::string parquet;
  };
  static Result<std::string> all(RowSource& source) {
    std::string out;
    for (;;) {
      HANSA_TRY(const Piece piece, source.next({}));
      out += piece.bytes;
      if (piece.last) return out;
    }
  }
  static Result<Done> convert(Connection& connection, const Generated& file) {
    HANSA_TRY(Conversion conversion,
              Conversion::begin(connection,
                                {.file = {.label = "t", .bytes = file.text.size()},
                                 .dialect = file.dialect,
                                 .columns = file.columns,
                                 .formats = file.formats},
                                2));
    Done done;
    HANSA_TRY(std::unique_ptr<RowSource> source, conversion.parquet());
    HANSA_TRY(done.parquet, all(*source));
    done.outcome = conversion.outcome(source);
    HANSA_TRY(done.report, all(*source));
    return done;
  }
  // Empty: the file became what it should.
  static std::string differs(Connection& reader, const Generated& file, const Result<Done>& done);

  fs::path before_;
};

std::string ConversionTest::differs(Connection& reader, const Generated& file,
                                    const Result<Done>& done) {
  if (!done) {
    if (file.refused_at == 0) return done.error().text;
    return done.error().text.contains(fmt::format("line {}:", file.refused_at))
               ? ""
               : "another line: " + done.error().text;
  }
  if (file.refused_at != 0) return "it was taken";
  if (done->outcome.rejected != file.rejects.size())
    return fmt::format("{} refused, not {}: {}", done->outcome.rejected, file.rejects.size(),
                       done->outcome.first_rejects);
  const auto lines = split(done->report, '\n');
  for (std::size_t i = 0; i < file.rejects.size(); ++i) {
    const auto json = parse_json(lines[i]);
    if (!json || *json->find("line")->as_unsigned() != file.rejects[i].first ||
        *json->find("last_line")->as_unsigned() != file.rejects[i].second)
      return fmt::format("refused {} instead of {}-{}", lines[i], file.rejects[i].first,
                         file.rejects[i].second);
  }
  std::ofstream("in/1.parquet", std::ios::binary) << done->parquet;
  const auto found = reader.texts("SELECT COLUMNS(*)::VARCHAR FROM read_parquet('in/1.parquet')");
  if (!found) return found.error().text;
  if (*found == file.rows) return "";
  for (std::size_t i = 0; i < std::min(found->size(), file.rows.size()); ++i)
    for (std::size_t c = 0; c < file.rows[i].size(); ++c)
      if ((*found)[i][c] != file.rows[i][c])
        return fmt::format("row {} column {}: {} instead of {}", i, c,
                           (*found)[i][c].value_or("NULL"), file.rows[i][c].value_or("NULL"));
  return fmt::format("{} rows instead of {}", found->size(), file.rows.size());
}

TEST_F(ConversionTest, GeneratedFilesRoundTripOrAreRefusedByTheRightLine) {
  const std::uint64_t files = number_of("HANSA_FILES", 300);
  const std::uint64_t seed = number_of("HANSA_SEED", 1);
  std::uint64_t rows = 0;
  std::uint64_t rejects = 0;
  std::uint64_t refused = 0;
  auto reading = Database::open();
  auto reader = reading->connect();
  ASSERT_TRUE(reader->run("SET enable_external_file_cache = false"));
  for (std::uint64_t i = 0; i < files; ++i) {
    const Generated file = Generator(seed * 1'000'000 + i).make();
    std::ofstream("in/0.parquet", std::ios::binary) << file.text;
    auto database = Database::open();
    auto connection = database->connect();
    const auto done = convert(*connection, file);
    const std::string wrong = differs(*reader, file, done);
    ASSERT_EQ(wrong, "") << "file " << i << " of seed " << seed << ":\n" << file.text;
    rows += file.rows.size();
    rejects += file.rejects.size();
    refused += file.refused_at != 0 ? 1 : 0;
  }
  RecordProperty("rows", std::to_string(rows));
  std::printf("%s\n", fmt::format("{} files: {} rows, {} records and {} whole files refused", files,
                                  rows, rejects, refused)
                          .c_str());
  EXPECT_GT(rows, files);
  EXPECT_GT(rejects, files / 2);
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace hansa::worker
