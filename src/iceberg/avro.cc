#include "iceberg/avro.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "iceberg/avro_binary.h"

namespace hansa::iceberg::avro {
namespace {

constexpr std::string_view kMagic("Obj\1", 4);
// Large enough to compress well, small enough that a reader holds little at once.
constexpr std::size_t kBlockBytes = 64 * 1024;

std::unexpected<Error> broken(std::string_view why) {
  return corrupt(fmt::format("Avro file: {}", why));
}

}  // namespace

Result<Reader> Reader::open(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) return broken("it does not begin as one");
  if (bytes.size() > limits::manifest_bytes_max)
    return exhausted(fmt::format("an Avro file of more than {} bytes", limits::manifest_bytes_max));
  Decoder decoder(bytes.substr(kMagic.size()));
  Reader reader;
  for (;;) {
    std::int64_t count = 0;
    std::int64_t size = 0;
    if (!decoder.read_long(count)) return std::unexpected(decoder.error());
    if (count == 0) break;
    if (count < 0 && !decoder.read_long(size)) return std::unexpected(decoder.error());
    // Negated as unsigned, since the lowest number has no positive counterpart.
    for (auto left = count < 0 ? 0 - static_cast<std::uint64_t>(count)
                               : static_cast<std::uint64_t>(count);
         left > 0; --left) {
      std::string_view name;
      std::string_view value;
      if (!decoder.read_bytes(name) || !decoder.read_bytes(value))
        return std::unexpected(decoder.error());
      reader.header_.insert_or_assign(std::string(name), std::string(value));
      if (reader.header_.size() > limits::avro_header_entries_max)
        return broken("too many header entries");
    }
  }
  if (!decoder.read_raw(sizeof(Sync), reader.sync_)) return std::unexpected(decoder.error());
  const std::string* schema = reader.header("avro.schema");
  if (schema == nullptr) return broken("it has no schema");
  HANSA_TRY(reader.schema_, parse_schema(*schema));
  if (const std::string* name = reader.header("avro.codec")) {
    const auto codec = codec_from(*name);
    if (!codec)
      return invalid(fmt::format("an Avro file is compressed with '{}', which is not read here",
                                 name->substr(0, 40)),
                     "write it with deflate, zstandard or null");
    reader.codec_ = *codec;
  }
  reader.rest_ = decoder.rest();
  return reader;
}

const std::string* Reader::header(std::string_view name) const {
  const auto found = header_.find(name);
  return found == header_.end() ? nullptr : &found->second;
}

Result<void> Reader::next_block() {
  Decoder decoder(rest_);
  std::int64_t count = 0;
  std::string_view data;
  std::string_view sync;
  if (!decoder.read_long(count) || !decoder.read_bytes(data) ||
      !decoder.read_raw(sizeof(Sync), sync))
    return std::unexpected(decoder.error());
  if (count < 0) return broken("a block of a negative number of records");
  if (sync != sync_) return broken("a block does not end with the file's marker");
  HANSA_TRY(block_, decompress(codec_, data, limits::manifest_bytes_max - bytes_));
  bytes_ += block_.size();
  block_at_ = 0;
  block_records_ = static_cast<std::uint64_t>(count);
  rest_ = decoder.rest();
  return {};
}

Result<std::optional<Value>> Reader::next() {
  while (block_records_ == 0) {
    if (block_at_ != block_.size()) return broken("a block holds more than its records");
    if (rest_.empty()) return std::nullopt;
    HANSA_CHECK(next_block());
  }
  if (++records_ > limits::manifest_entries_max)
    return exhausted(
        fmt::format("an Avro file of more than {} records", limits::manifest_entries_max));
  Decoder decoder(std::string_view(block_).substr(block_at_));
  Value record;
  if (!decoder.read(schema_, schema_.root, record)) return std::unexpected(decoder.error());
  block_at_ = block_.size() - decoder.rest().size();
  // Nulls and empty records cost no byte, but time; honest values cost a byte each.
  values_ += decoder.values();
  if (values_ > limits::manifest_bytes_max) return exhausted("an Avro file of too many values");
  --block_records_;
  return record;
}

Result<Writer> Writer::open(WriterOptions options) {
  Writer writer;
  HANSA_TRY(writer.schema_, parse_schema(options.schema));
  writer.out_ = kMagic;
  encode_long(static_cast<std::int64_t>(options.header.size() + 2), writer.out_);
  const auto entry = [&](std::string_view name, std::string_view value) {
    encode_bytes(name, writer.out_);
    encode_bytes(value, writer.out_);
  };
  entry("avro.schema", options.schema);
  entry("avro.codec", name_of(options.codec));
  for (const auto& [name, value] : options.header) entry(name, value);
  encode_long(0, writer.out_);
  writer.out_.append(options.sync.data(), options.sync.size());
  writer.options_ = std::move(options);
  return writer;
}

Result<void> Writer::append(const Value& record) {
  HANSA_CHECK(encode(schema_, schema_.root, record, block_));
  ++block_records_;
  if (block_.size() >= kBlockBytes) flush();
  return {};
}

void Writer::flush() {
  if (block_records_ == 0) return;
  encode_long(block_records_, out_);
  encode_bytes(compress(options_.codec, block_), out_);
  out_.append(options_.sync.data(), options_.sync.size());
  block_.clear();
  block_records_ = 0;
}

std::string Writer::finish() && {
  flush();
  return std::move(out_);
}

}  // namespace hansa::iceberg::avro
