#include "base/packed.h"

#include <zstd.h>

#include <memory>

#include "base/text.h"

namespace hansa {
namespace {

// What manifests have in common, the most frequent last, which is where it is found cheapest. Part
// of the format: what was packed with it can be read with it alone.
constexpr std::string_view kCommon = R"---(apiVersion: v1.1.0
kind: DataProduct
id:
name:
version: 1.0.0
status: active
domain:
description:
  purpose:
  limitations:
  usage:
support:
  - {channel: , tool: slack, url: https://}
tags: [, ]
inputPorts:
  - {name: , version: 1.0.0, contractId: -v1}
outputPorts:
  - {name: , version: 1.0.0, description: , type: table, contractId: -v1, tags: []}
  - {name: , version: 1.0.0, type: table, contractId: -v1}
customProperties:
  - {property: visibility, value: restricted}
  - {property: visibility, value: open}
apiVersion: v3.2.0
kind: DataContract
id:
version: 1.0.0
status: active
description:
  purpose:
slaProperties:
  - {property: freshness, value: 24, unit: h, element: }
schema:
  - name:
    physicalType: table
    description:
    businessName:
    quality:
      - {metric: rowCount, mustBeGreaterThan: 0}
    properties:
      - {name: _id, logicalType: string, physicalType: uuid, required: true, unique: true, primaryKey: true}
      - {name: _at, logicalType: timestamp, physicalType: timestamptz, logicalTypeOptions: {format: yyyy-MM-dd}}
      - {name: _date, logicalType: date, physicalType: date, classification: restricted, description: }
      - {name: , logicalType: array, items: {logicalType: object, properties: [, ]}, physicalType: list}
      - {name: is_, logicalType: boolean, physicalType: boolean, required: false}
      - {name: price, logicalType: number, physicalType: "decimal(9,2)", required: false}
      - {name: , logicalType: number, physicalType: double, required: true}
      - {name: , logicalType: integer, physicalType: integer, required: true}
      - {name: , logicalType: integer, physicalType: bigint, required: true}
      - {name: , logicalType: string, physicalType: varchar, required: true}
      - {name: , logicalType: integer, physicalType: bigint}
      - {name: , logicalType: string, physicalType: varchar}
      - {name: name, logicalType: string, physicalType: varchar, required: false}
)---";

constexpr char kPlain = 'p';
constexpr char kZstd = 'z';
constexpr int kLevel = 3;
// Far above the longest manifest: what is damaged must not take all memory.
constexpr std::size_t kBytesMax = std::size_t{64} << 20;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};

std::string compressed(std::string_view text) {
  static const std::unique_ptr<ZSTD_CDict, Freed<ZSTD_freeCDict>> common(
      ZSTD_createCDict(kCommon.data(), kCommon.size(), kLevel));
  thread_local const std::unique_ptr<ZSTD_CCtx, Freed<ZSTD_freeCCtx>> context(ZSTD_createCCtx());
  std::string out(1 + ZSTD_compressBound(text.size()), kZstd);
  const std::size_t size = ZSTD_compress_usingCDict(context.get(), out.data() + 1, out.size() - 1,
                                                    text.data(), text.size(), common.get());
  HANSA_ASSERT(ZSTD_isError(size) == 0);
  out.resize(1 + size);
  return out;
}

Result<std::string> damaged() { return corrupt("a packed text is damaged", "restore a backup"); }

Result<std::string> decompressed(std::string_view bytes) {
  static const std::unique_ptr<ZSTD_DDict, Freed<ZSTD_freeDDict>> common(
      ZSTD_createDDict(kCommon.data(), kCommon.size()));
  const std::unique_ptr<ZSTD_DCtx, Freed<ZSTD_freeDCtx>> context(ZSTD_createDCtx());
  const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size > kBytesMax) return damaged();  // or unknown, or no frame
  std::string out(size, '\0');
  const std::size_t got = ZSTD_decompress_usingDDict(context.get(), out.data(), out.size(),
                                                     bytes.data(), bytes.size(), common.get());
  if (ZSTD_isError(got) != 0 || got != out.size()) return damaged();
  return out;
}

}  // namespace

PackedText::PackedText(std::string_view text) {
  if (text.empty()) return;
  bytes_ = compressed(text);
  if (bytes_.size() > text.size()) bytes_ = kPlain + std::string(text);
  bytes_.shrink_to_fit();
}

PackedText PackedText::of_bytes(std::string_view bytes) {
  PackedText out;
  out.bytes_ = bytes;
  return out;
}

Result<std::string> PackedText::text() const {
  if (bytes_.empty()) return std::string();
  const std::string_view rest = std::string_view(bytes_).substr(1);
  Result<std::string> out = damaged();
  if (bytes_.front() == kPlain) out = std::string(rest);
  else if (bytes_.front() == kZstd) out = decompressed(rest);
  if (out && !is_utf8(*out)) return damaged();
  return out;
}

bool PackedText::is(std::string_view text) const {
  const auto own = this->text();
  return own && *own == text;
}

}  // namespace hansa
