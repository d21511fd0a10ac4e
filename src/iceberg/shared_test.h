// What several tests of this folder share.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>

#include "base/text.h"
#include "iceberg/append.h"

namespace hansa::iceberg {

// By value: a loop over a temporary's value() would outlive it (g++ 12 ends temporaries too early).
template <class T>
T must(Result<T> result) {
  if (!result) ADD_FAILURE() << result.error().text;
  return std::move(result).value();
}

inline Location at(std::string_view text) { return Location::parse(text).value(); }
inline constexpr Time kNow{1'795'340'000'000'000};

// Each test's own numbers, repeatable: the seed is printed, and HANSA_SEED sets it.
inline std::mt19937_64 random_numbers() {
  const char* set = std::getenv("HANSA_SEED");
  const std::uint64_t seed = set != nullptr ? static_cast<std::uint64_t>(parse_int(set).value_or(0))
                                            : std::random_device{}();
  std::printf("HANSA_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return std::mt19937_64(seed);
}

inline std::string uuid_of(std::uint64_t number) {
  char text[40];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012llx",
                static_cast<unsigned long long>(number & 0xFFFFFFFFFFFF));
  return text;
}

inline Column column(std::string name, Type type, bool required = false) {
  return {.id = 0,
          .name = std::move(name),
          .type = std::move(type),
          .required = required,
          .description = {}};
}
inline Type plain(TypeKind kind) { return {.kind = kind, .fields = {}}; }

inline Schema small_schema() {
  return {.columns = {column("episode", plain(TypeKind::string), true),
                      column("plays", plain(TypeKind::int64)),
                      column("day", plain(TypeKind::date))}};
}

inline TableMetadata small_table() {
  return create_table({.location = at("s3://lake/audience/plays"),
                       .uuid = uuid_of(1),
                       .schema = small_schema(),
                       .identifier_fields = {},
                       .spec = {},
                       .order = {},
                       .properties = {},
                       .now = kNow})
      .value();
}

inline DataFile file_named(std::string_view name, std::int64_t rows = 10) {
  return {.path = at("s3://lake/audience/plays/data/" + std::string(name)),
          .partition = {},
          .record_count = rows,
          .file_size = rows * 100,
          .key_metadata = {},
          .sort_order_id = {}};
}

inline Stamp stamp(std::int64_t number) {
  return {.snapshot_id = number,
          .commit_uuid = uuid_of(static_cast<std::uint64_t>(number)),
          .now = kNow + Millis(number)};
}

// Data of third parties lies beside the repository, never in it.
inline std::optional<std::filesystem::path> corpus() {
  const char* set = std::getenv("HANSA_SHARED");
  const std::filesystem::path found =
      std::filesystem::path(set != nullptr ? set : "../shared") / "corpus" / "iceberg";
  if (!std::filesystem::exists(found)) return std::nullopt;
  return found;
}

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace hansa::iceberg
