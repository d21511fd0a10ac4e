#include "iceberg/avro_binary.h"

#include <fmt/format.h>

#include <bit>
#include <utility>

#include "base/limits.h"
#include "base/text.h"

namespace hansa::iceberg::avro {
namespace {

template <class U>
void encode_fixed_width(U bits, std::string& out) {
  for (std::size_t byte = 0; byte < sizeof(U); ++byte)
    out += static_cast<char>((bits >> (8 * byte)) & 0xFF);
}

template <class U>
U from_little_endian(std::string_view bytes) {
  U bits = 0;
  for (std::size_t byte = 0; byte < sizeof(U); ++byte)
    bits |= static_cast<U>(static_cast<unsigned char>(bytes[byte])) << (8 * byte);
  return bits;
}

std::unexpected<Error> unfit() {
  return corrupt("a value does not fit the Avro schema it is written with");
}

// True if a value of this shape can be written as `node`: how a branch of a union is chosen.
bool fits(const Node& node, const Value& value) {
  const auto* text = value.as_string();
  switch (node.kind) {
    case Kind::null: return value.is_null();
    case Kind::boolean: return value.as_bool() != nullptr;
    case Kind::int32:
      return value.as_int() != nullptr && std::in_range<std::int32_t>(*value.as_int());
    case Kind::int64: return value.as_int() != nullptr;
    case Kind::float32:
    case Kind::float64: return value.as_double() != nullptr;
    case Kind::bytes:
    case Kind::string: return text != nullptr;
    case Kind::fixed: return text != nullptr && text->size() == node.size;
    case Kind::enumeration:
      return value.as_int() != nullptr && *value.as_int() >= 0 &&
             std::cmp_less(*value.as_int(), node.size);
    case Kind::record:
      return value.as_list() != nullptr && value.as_list()->size() == node.fields.size();
    case Kind::array:
    case Kind::map: return value.as_list() != nullptr;
    case Kind::choice: return false;
  }
  return false;
}

Result<void> encode_list(const Schema& schema, const Node& node, const Value::List& items,
                         std::string& out) {
  if (!items.empty()) encode_long(static_cast<std::int64_t>(items.size()), out);
  for (const Value& item : items) {
    if (node.kind == Kind::array) {
      HANSA_CHECK(encode(schema, node.parts[0], item, out));
      continue;
    }
    const Value::List* pair = item.as_list();
    if (pair == nullptr || pair->size() != 2 || (*pair)[0].as_string() == nullptr) return unfit();
    encode_bytes(*(*pair)[0].as_string(), out);
    HANSA_CHECK(encode(schema, node.parts[0], (*pair)[1], out));
  }
  encode_long(0, out);
  return {};
}

Result<void> encode_choice(const Schema& schema, const Node& node, const Value& value,
                           std::string& out) {
  for (std::size_t branch = 0; branch < node.parts.size(); ++branch) {
    if (!fits(schema.node(node.parts[branch]), value)) continue;
    encode_long(static_cast<std::int64_t>(branch), out);
    return encode(schema, node.parts[branch], value, out);
  }
  return unfit();
}

}  // namespace

void encode_long(std::int64_t value, std::string& out) {
  auto rest = (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
  for (; rest >= 0x80; rest >>= 7) out += static_cast<char>((rest & 0x7F) | 0x80);
  out += static_cast<char>(rest);
}

void encode_bytes(std::string_view bytes, std::string& out) {
  encode_long(static_cast<std::int64_t>(bytes.size()), out);
  out += bytes;
}

Result<void> encode(const Schema& schema, std::uint32_t type, const Value& value,
                    std::string& out) {
  const Node& node = schema.node(type);
  if (node.kind == Kind::choice) return encode_choice(schema, node, value, out);
  if (!fits(node, value)) return unfit();
  switch (node.kind) {
    case Kind::null: break;
    case Kind::boolean: out += *value.as_bool() ? '\1' : '\0'; break;
    case Kind::int32:
    case Kind::int64:
    case Kind::enumeration: encode_long(*value.as_int(), out); break;
    case Kind::float32:
      encode_fixed_width(std::bit_cast<std::uint32_t>(static_cast<float>(*value.as_double())), out);
      break;
    case Kind::float64:
      encode_fixed_width(std::bit_cast<std::uint64_t>(*value.as_double()), out);
      break;
    case Kind::bytes:
    case Kind::string: encode_bytes(*value.as_string(), out); break;
    case Kind::fixed: out += *value.as_string(); break;
    case Kind::record:
      for (std::size_t field = 0; field < node.fields.size(); ++field)
        HANSA_CHECK(encode(schema, node.fields[field].type, (*value.as_list())[field], out));
      break;
    case Kind::array:
    case Kind::map: return encode_list(schema, node, *value.as_list(), out);
    case Kind::choice: break;
  }
  return {};
}

bool Decoder::refuse(Code code, std::string_view why) {
  error_ = {code, fmt::format("Avro file: {}", why), {}};
  return false;
}

bool Decoder::read_raw(std::size_t size, std::string_view& out) {
  if (size > rest_.size()) return refuse(Code::corrupt, "it is cut off");
  out = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return true;
}

bool Decoder::read_long(std::int64_t& out) {
  std::uint64_t bits = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    std::string_view byte;
    if (!read_raw(1, byte)) return false;
    const auto value = static_cast<unsigned char>(byte[0]);
    if (shift == 63 && value > 1) break;  // The tenth byte holds the last bit.
    bits |= static_cast<std::uint64_t>(value & 0x7F) << shift;
    if (value < 0x80) {
      out = static_cast<std::int64_t>(bits >> 1) ^ -static_cast<std::int64_t>(bits & 1);
      return true;
    }
  }
  return refuse(Code::corrupt, "a number is longer than 64 bits");
}

bool Decoder::read_bytes(std::string_view& out) {
  std::int64_t size = 0;
  if (!read_long(size)) return false;
  if (size < 0) return refuse(Code::corrupt, "a negative length");
  return read_raw(static_cast<std::size_t>(size), out);
}

bool Decoder::read(const Schema& schema, std::uint32_t type, Value& out) {
  depth_ = 0;
  values_ = 0;
  return read_value(schema, type, out);
}

bool Decoder::read_value(const Schema& schema, std::uint32_t type, Value& out) {
  if (++values_ > limits::avro_record_values_max)
    return refuse(Code::exhausted,
                  fmt::format("a record of more than {} values", limits::avro_record_values_max));
  if (depth_ >= limits::nesting_max)
    return refuse(Code::exhausted,
                  fmt::format("values nested deeper than {}", limits::nesting_max));
  const Node& node = schema.node(type);
  ++depth_;
  bool good = false;
  if (node.kind == Kind::record) {
    good = read_record(schema, node, out);
  } else if (node.kind == Kind::array || node.kind == Kind::map) {
    good = read_items(schema, node, out);
  } else if (node.kind == Kind::choice) {
    std::int64_t branch = 0;
    if (!read_long(branch)) return false;
    if (branch < 0 || std::cmp_greater_equal(branch, node.parts.size()))
      return refuse(Code::corrupt, "a union has no such branch");
    good = read_value(schema, node.parts[static_cast<std::size_t>(branch)], out);
  } else {
    good = read_scalar(node, out);
  }
  --depth_;
  return good;
}

bool Decoder::read_scalar(const Node& node, Value& out) {
  std::int64_t number = 0;
  std::string_view bytes;
  switch (node.kind) {
    case Kind::null: out = {}; return true;
    case Kind::boolean:
      if (!read_raw(1, bytes)) return false;
      if (bytes[0] != 0 && bytes[0] != 1)
        return refuse(Code::corrupt, "a boolean that is neither 0 nor 1");
      out = Value(bytes[0] == 1);
      return true;
    case Kind::int32:
    case Kind::int64:
    case Kind::enumeration:
      if (!read_long(number)) return false;
      if (node.kind == Kind::int32 && !std::in_range<std::int32_t>(number))
        return refuse(Code::corrupt, "an int of more than 32 bits");
      if (node.kind == Kind::enumeration &&
          (number < 0 || std::cmp_greater_equal(number, node.size)))
        return refuse(Code::corrupt, "an enum has no such symbol");
      out = Value(number);
      return true;
    case Kind::float32:
      if (!read_raw(4, bytes)) return false;
      out = Value(
          static_cast<double>(std::bit_cast<float>(from_little_endian<std::uint32_t>(bytes))));
      return true;
    case Kind::float64:
      if (!read_raw(8, bytes)) return false;
      out = Value(std::bit_cast<double>(from_little_endian<std::uint64_t>(bytes)));
      return true;
    case Kind::bytes:
    case Kind::string:
      if (!read_bytes(bytes)) return false;
      if (node.kind == Kind::string && !is_utf8(bytes))
        return refuse(Code::corrupt, "text that is not UTF-8");
      out = Value(std::string(bytes));
      return true;
    case Kind::fixed:
      if (!read_raw(node.size, bytes)) return false;
      out = Value(std::string(bytes));
      return true;
    case Kind::record:
    case Kind::array:
    case Kind::map:
    case Kind::choice: break;
  }
  return refuse(Code::internal, "not a scalar");
}

bool Decoder::read_record(const Schema& schema, const Node& node, Value& out) {
  Value::List fields;
  // What is left of the budget is checked before a vector of the schema's size is made.
  if (node.fields.size() > limits::avro_record_values_max - values_)
    return refuse(Code::exhausted, "too many fields");
  fields.resize(node.fields.size());
  for (std::size_t field = 0; field < fields.size(); ++field)
    if (!read_value(schema, node.fields[field].type, fields[field])) return false;
  out = Value(std::move(fields));
  return true;
}

// A block's count; a negative one is followed by the block's size in bytes, which only skipping
// needs.
bool Decoder::read_count(std::int64_t& count) {
  if (!read_long(count)) return false;
  if (count >= 0) return true;
  if (count == INT64_MIN) return refuse(Code::corrupt, "an impossible count");
  count = -count;
  std::int64_t bytes = 0;
  return read_long(bytes);
}

bool Decoder::read_items(const Schema& schema, const Node& node, Value& out) {
  Value::List items;
  for (;;) {
    std::int64_t count = 0;
    if (!read_count(count)) return false;
    if (count == 0) break;
    for (; count > 0; --count) {
      Value item;
      if (node.kind == Kind::map) {
        std::string_view key;
        Value value;
        if (!read_bytes(key) || !read_value(schema, node.parts[0], value)) return false;
        item = Value(Value::List{Value(std::string(key)), std::move(value)});
      } else if (!read_value(schema, node.parts[0], item)) {
        return false;
      }
      items.push_back(std::move(item));
    }
  }
  out = Value(std::move(items));
  return true;
}

}  // namespace hansa::iceberg::avro
