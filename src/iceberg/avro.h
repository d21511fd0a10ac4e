// Avro object container files, written by ourselves because no library keeps the field ids and the
// header entries that Iceberg's manifests need
// (https://avro.apache.org/docs/1.12.0/specification/#object-container-files).
//
// Files of strangers are read in the server: depth, values of a record, records, header entries and
// decompressed bytes are bounded (base/limits.h), and nothing is allocated on the word of a count.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "iceberg/avro_schema.h"
#include "iceberg/compress.h"

namespace hansa::iceberg::avro {

// A value; its schema says more about it. int and long are int64, float and double are double,
// text, bytes and fixed are strings, an enum is the number of its symbol. A record is the list of
// its fields, an array the list of its items, a map a list of [key, value]. A union is its branch's
// value.
struct Value {
  using List = std::vector<Value>;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List> data;

  Value() = default;
  Value(bool value) : data(value) {}                        // NOLINT(google-explicit-constructor)
  Value(std::int64_t value) : data(value) {}                // NOLINT
  Value(std::int32_t value) : data(std::int64_t{value}) {}  // NOLINT
  Value(double value) : data(value) {}                      // NOLINT
  Value(std::string value) : data(std::move(value)) {}      // NOLINT
  Value(const char* value) : data(std::string(value)) {}    // NOLINT
  Value(List value) : data(std::move(value)) {}             // NOLINT
  template <class T>
  Value(const std::optional<T>& value) {  // NOLINT
    if (value) *this = Value(*value);
  }

  bool is_null() const { return std::holds_alternative<std::monostate>(data); }
  const bool* as_bool() const { return std::get_if<bool>(&data); }
  const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&data); }
  const double* as_double() const { return std::get_if<double>(&data); }
  const std::string* as_string() const { return std::get_if<std::string>(&data); }
  const List* as_list() const { return std::get_if<List>(&data); }
  friend bool operator==(const Value&, const Value&) = default;
};

using Header = std::vector<std::pair<std::string, std::string>>;
using Sync = std::array<char, 16>;

// Reads one record after the other. The bytes must outlive the reader.
class Reader {
 public:
  // Errors: corrupt; invalid (a codec that is not read here).
  static Result<Reader> open(std::string_view bytes);

  const Schema& schema() const { return schema_; }
  // A header entry ("avro.schema", "partition-spec-id", ...), or nullptr.
  const std::string* header(std::string_view name) const;
  // The next record, or nullopt at the end. Errors: corrupt; exhausted (past a limit).
  Result<std::optional<Value>> next();

 private:
  Reader() = default;
  Result<void> next_block();

  std::string_view rest_;  // of the file
  std::string block_;      // decompressed
  std::size_t block_at_ = 0;
  std::uint64_t block_records_ = 0;  // still to be read from the block
  std::size_t records_ = 0;
  std::size_t values_ = 0;
  std::size_t bytes_ = 0;  // decompressed so far
  Codec codec_ = Codec::null;
  std::string_view sync_;
  Schema schema_;
  std::map<std::string, std::string, std::less<>> header_;
};

// What a file is made of. `sync` separates the blocks: 16 bytes that the data is unlikely to hold,
// given by the caller because nothing here is random.
struct WriterOptions {
  std::string schema;  // Its text stands in the file as it is.
  Header header;
  Codec codec = Codec::deflate;
  Sync sync{};
};

class Writer {
 public:
  // Errors: corrupt (not a schema).
  static Result<Writer> open(WriterOptions options);
  // Errors: corrupt if `record` does not fit the schema; the writer is then unusable.
  Result<void> append(const Value& record);
  // The whole file.
  std::string finish() &&;

 private:
  Writer() = default;
  void flush();

  WriterOptions options_;
  Schema schema_;
  std::string out_;
  std::string block_;
  std::int64_t block_records_ = 0;
};

}  // namespace hansa::iceberg::avro
