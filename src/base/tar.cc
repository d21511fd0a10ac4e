#include "base/tar.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace hansa {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kNameMax = 100;
constexpr std::uint64_t kSizeMax = (std::uint64_t{1} << 33) - 1;  // eleven octal digits
// Of pax records: two, and no name of ours is longer than a bucket's and a key's together.
constexpr std::size_t kRecordsMax = 4096;
constexpr std::size_t kNameAt = 0, kModeAt = 100, kOwnerAt = 108, kGroupAt = 116, kSizeAt = 124,
                      kTimeAt = 136, kSumAt = 148, kTypeAt = 156, kMagicAt = 257;
constexpr std::string_view kMagic{"ustar\00000", 8};

std::uint64_t sum_of(std::string_view head) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < head.size(); ++i)
    sum += i >= kSumAt && i < kSumAt + 8 ? ' ' : static_cast<unsigned char>(head[i]);
  return sum;
}

std::string block_of(std::string_view name, std::uint64_t bytes, char type) {
  std::string head(kBlock, '\0');
  const auto put = [&](std::size_t at, std::string_view text) {
    std::ranges::copy(text, head.begin() + static_cast<std::ptrdiff_t>(at));
  };
  put(kNameAt, name);
  put(kModeAt, "0000600");
  put(kOwnerAt, "0000000");
  put(kGroupAt, "0000000");
  put(kSizeAt, fmt::format("{:011o}", bytes));
  put(kTimeAt, "00000000000");
  head[kTypeAt] = type;
  put(kMagicAt, kMagic);
  put(kSumAt, fmt::format("{:06o}", sum_of(head)));
  head[kSumAt + 7] = ' ';
  return head;
}

// "LENGTH NAME=VALUE\n", where the length counts its own digits.
std::string record_of(std::string_view name, std::string_view value) {
  const std::size_t rest = name.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (std::to_string(length).size() + rest != length) ++length;
  return fmt::format("{} {}={}\n", length, name, value);
}

std::unexpected<Error> broken(std::string_view what) {
  return corrupt(fmt::format("the archive cannot be read: {}", what));
}

Result<std::uint64_t> octal(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '7') return broken("a size is no number");
    value = value * 8 + static_cast<std::uint64_t>(digit - '0');
  }
  return value;
}

Result<TarEntry> entry_of(std::string_view head) {
  TarEntry entry;
  const std::string_view name = head.substr(kNameAt, kNameMax);
  entry.name = name.substr(0, name.find('\0'));
  HANSA_TRY(entry.bytes, octal(head.substr(kSizeAt, 11)));
  return entry;
}

// Takes one record from the front of `records`.
Result<void> apply_record(std::string_view& records, TarEntry& entry) {
  const auto space = records.find(' ');
  const auto length = parse_int(records.substr(0, std::min(space, records.size())));
  if (!length || space == std::string_view::npos ||
      *length <= static_cast<std::int64_t>(space) + 1 ||
      static_cast<std::uint64_t>(*length) > records.size() ||
      records[static_cast<std::size_t>(*length) - 1] != '\n')
    return broken("a record before a file has no length");
  const std::string_view whole = records.substr(0, static_cast<std::size_t>(*length));
  records.remove_prefix(whole.size());
  const std::string_view text = whole.substr(space + 1, whole.size() - space - 2);
  if (text.starts_with("path=")) {
    entry.name = text.substr(5);
  } else if (text.starts_with("size=")) {
    const auto size = parse_int(text.substr(5));
    if (!size || *size < 0) return broken("a size is no number");
    entry.bytes = static_cast<std::uint64_t>(*size);
  } else {
    return broken("a record before a file is neither its name nor its size");
  }
  return {};
}

}  // namespace

std::string tar_padding(std::uint64_t bytes) {
  return std::string((kBlock - bytes % kBlock) % kBlock, '\0');
}

std::string tar_end() { return std::string(2 * kBlock, '\0'); }

std::string tar_head(const TarEntry& entry) {
  std::string records;
  if (entry.name.size() > kNameMax) records += record_of("path", entry.name);
  if (entry.bytes > kSizeMax) records += record_of("size", std::to_string(entry.bytes));
  HANSA_ASSERT(!entry.name.empty() && records.size() <= kRecordsMax);
  std::string head;
  if (!records.empty())
    head = block_of("pax", records.size(), 'x') + records + tar_padding(records.size());
  return head + block_of(std::string_view(entry.name).substr(0, kNameMax),
                         std::min(entry.bytes, kSizeMax), '0');
}

// False: the source ended before.
Result<bool> TarReader::fill(std::size_t bytes) {
  while (held_.size() - at_ < bytes) {
    held_.erase(0, std::exchange(at_, 0));
    HANSA_TRY(const auto chunk, source_.next({}));
    if (!chunk) return false;
    held_ += chunk->bytes;
  }
  return true;
}

Result<std::string> TarReader::take(std::size_t bytes) {
  HANSA_TRY(const bool there, fill(bytes));
  if (!there) return broken("it is cut off");
  std::string out = held_.substr(at_, bytes);
  at_ += bytes;
  return out;
}

// Nullopt: the first block of the end.
Result<std::optional<std::string>> TarReader::head() {
  HANSA_TRY(std::string head, take(kBlock));
  if (head.find_first_not_of('\0') == std::string::npos) return std::nullopt;
  const auto sum = octal(std::string_view(head).substr(kSumAt, 6));
  if (!sum || *sum != sum_of(head)) return broken("the head of a file was altered");
  HANSA_TRY(const TarEntry entry, entry_of(head));
  // The whole of it must be as we write it: what is not compared here would be ignored, and
  // something else may be hidden in it.
  if (head != block_of(entry.name, entry.bytes, head[kTypeAt]))
    return broken("it holds something else than plain files, or another program wrote it");
  return head;
}

Result<TarEntry> TarReader::extended(std::string_view head) {
  HANSA_TRY(const TarEntry pax, entry_of(head));
  if (pax.bytes > kRecordsMax) return broken("the records before a file are too long");
  HANSA_TRY(const std::string block,
            take(static_cast<std::size_t>(pax.bytes) + tar_padding(pax.bytes).size()));
  HANSA_TRY(const auto plain, this->head());
  if (!plain || (*plain)[kTypeAt] != '0') return broken("records stand before no file");
  HANSA_TRY(TarEntry entry, entry_of(*plain));
  std::string_view records = std::string_view(block).substr(0, pax.bytes);
  while (!records.empty()) HANSA_CHECK(apply_record(records, entry));
  if (entry.name.empty() || tar_head(entry) != std::string(head) + block + *plain)
    return broken("the records before a file are not as they are written");
  return entry;
}

Result<void> TarReader::nothing_behind() {
  HANSA_TRY(const std::string second, take(kBlock));
  if (second.find_first_not_of('\0') != std::string::npos)
    return broken("it goes on after its end");
  HANSA_TRY(const bool more, fill(1));
  if (more) return broken("it goes on after its end");
  return {};
}

Result<std::optional<TarEntry>> TarReader::next() {
  for (;;) {
    HANSA_TRY(const std::string passed, read());
    if (passed.empty()) break;
  }
  HANSA_TRY(const std::string padding, take(static_cast<std::size_t>(padding_)));
  if (padding.find_first_not_of('\0') != std::string::npos)
    return broken("bytes are hidden behind a file");
  HANSA_TRY(const auto head, this->head());
  if (!head) {
    HANSA_CHECK(nothing_behind());
    return std::nullopt;
  }
  auto entry = (*head)[kTypeAt] == 'x'   ? extended(*head)
               : (*head)[kTypeAt] == '0' ? entry_of(*head)
                                         : broken("it holds something else than plain files");
  if (!entry) return std::unexpected(std::move(entry).error());
  if (entry->name.empty()) return broken("a file has no name");
  left_ = entry->bytes;
  padding_ = tar_padding(entry->bytes).size();
  return *std::move(entry);
}

Result<std::string> TarReader::read() {
  if (left_ == 0) return std::string();
  HANSA_TRY(const bool there, fill(1));
  if (!there) return broken("it is cut off");
  const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(left_, held_.size() - at_));
  HANSA_TRY(std::string out, take(bytes));
  left_ -= bytes;
  return out;
}

}  // namespace hansa
