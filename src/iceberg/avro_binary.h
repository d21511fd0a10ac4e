// Avro's binary encoding of values
// (https://avro.apache.org/docs/1.12.0/specification/#binary-encoding).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "iceberg/avro.h"

namespace hansa::iceberg::avro {

// Appends `value` as `type` of the schema. Errors: corrupt if it does not fit.
Result<void> encode(const Schema& schema, std::uint32_t type, const Value& value, std::string& out);
void encode_long(std::int64_t value, std::string& out);
void encode_bytes(std::string_view bytes, std::string& out);

// Takes values from the front of bytes. The first failure sticks: everything after it fails too.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  bool read_long(std::int64_t& out);
  bool read_bytes(std::string_view& out);
  bool read_raw(std::size_t size, std::string_view& out);
  // One value of `type`, within the depth and number of values that base/limits.h allows.
  bool read(const Schema& schema, std::uint32_t type, Value& out);

  std::string_view rest() const { return rest_; }
  // Of the last read().
  std::size_t values() const { return values_; }
  Error error() const { return error_; }

 private:
  bool refuse(Code code, std::string_view why);
  bool read_value(const Schema& schema, std::uint32_t type, Value& out);
  bool read_scalar(const Node& node, Value& out);
  bool read_record(const Schema& schema, const Node& node, Value& out);
  bool read_items(const Schema& schema, const Node& node, Value& out);
  bool read_count(std::int64_t& count);

  std::string_view rest_;
  Error error_;
  std::size_t depth_ = 0;
  std::size_t values_ = 0;
};

}  // namespace hansa::iceberg::avro
