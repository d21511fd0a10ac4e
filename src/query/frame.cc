#include "query/frame.h"

#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

#include "base/text.h"

namespace hansa::query {
namespace {

static_assert(std::endian::native == std::endian::little,
              "frames are little endian, and so are we");

constexpr std::size_t kSmallBody = 256 * 1024;

// One `pass` per type describes its bytes; a Packer writes them and an Unpacker reads them.
class Packer {
 public:
  static constexpr bool reads = false;

  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }

  std::string out;

 private:
  template <class T>
    requires std::is_arithmetic_v<T>
  void put(T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
  }
  template <class T>
    requires std::is_enum_v<T>
  void put(T value) {
    put(static_cast<std::uint8_t>(value));
  }
  void put(const std::string& value) {
    put(static_cast<std::uint32_t>(value.size()));
    out += value;
  }
  template <class T>
  void put(const std::vector<T>& values) {
    put(static_cast<std::uint32_t>(values.size()));
    for (const T& value : values) put(value);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  void put(const Json& json);
  template <class T>
    requires std::is_class_v<T>
  void put(const T& value) {
    // `pass` takes a reference so that one function both reads and writes; writing changes nothing.
    pass(*this, const_cast<T&>(value));
  }
};

// Never reads past the end, never makes room for more items than bytes are left. After a failure
// every further read is empty, so that only the end of a decoder asks whether all went well.
class Unpacker {
 public:
  static constexpr bool reads = true;

  explicit Unpacker(std::string_view in) : in_(in) {}

  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }

  bool done() const { return good_ && in_.empty(); }

 private:
  static constexpr std::size_t kDepthMax = limits::nesting_max;

  void fail() {
    good_ = false;
    in_ = {};
  }
  std::string_view take(std::size_t bytes) {
    if (bytes > in_.size()) {
      fail();
      return {};
    }
    const std::string_view taken = in_.substr(0, bytes);
    in_.remove_prefix(bytes);
    return taken;
  }
  void get(bool& value) {
    std::uint8_t byte = 0;
    get(byte);
    if (byte > 1) fail();
    value = byte == 1;
  }
  template <class T>
    requires std::is_arithmetic_v<T>
  void get(T& value) {
    if (const std::string_view bytes = take(sizeof value); !bytes.empty())
      std::memcpy(&value, bytes.data(), sizeof value);
  }
  template <class T>
    requires std::is_enum_v<T>
  void get(T& value) {
    std::uint8_t byte = 0;
    get(byte);
    if (byte > static_cast<std::uint8_t>(last_of(T{}))) return fail();
    value = static_cast<T>(byte);
  }
  void get(std::string& value) {
    std::uint32_t bytes = 0;
    get(bytes);
    value = take(bytes);
  }
  template <class T>
  void get(std::vector<T>& values) {
    std::uint32_t count = 0;
    get(count);
    values.clear();
    // Every item takes at least one byte.
    if (count > in_.size() || depth_ >= kDepthMax) return fail();
    ++depth_;
    for (std::uint32_t i = 0; i < count && good_; ++i) get(values.emplace_back());
    --depth_;
  }
  template <class T>
  void get(std::optional<T>& value) {
    bool is = false;
    get(is);
    value.reset();
    if (is) get(value.emplace());
  }
  void get(Json& json);
  template <class T>
    requires std::is_class_v<T>
  void get(T& value) {
    pass(*this, value);
  }

  static constexpr Code last_of(Code) { return Code::internal; }
  static constexpr Content last_of(Content) { return Content::shape; }
  static constexpr Format last_of(Format) { return Format::parquet; }
  static constexpr TextFormat last_of(TextFormat) { return TextFormat::ndjson; }
  static constexpr Encoding last_of(Encoding) { return Encoding::latin1; }
  static constexpr TypeKind last_of(TypeKind) { return TypeKind::map; }

  std::string_view in_;
  std::size_t depth_ = 0;
  bool good_ = true;
};

template <class Wire>
void pass(Wire& wire, Type& v) {
  wire(v.kind, v.precision, v.scale, v.fields);
}
template <class Wire>
void pass(Wire& wire, hansa::Column& v) {
  wire(v.id, v.name, v.type, v.required);
}
template <class Wire>
void pass(Wire& wire, Schema& v) {
  wire(v.id, v.columns);
}
// The path stays with the server.
template <class Wire>
void pass(Wire& wire, PlanFile& v) {
  wire(v.label, v.bytes, v.rows, v.by_id, v.number);
}
template <class Wire>
void pass(Wire& wire, PortId& v) {
  wire(v.ulid.high, v.ulid.low);
}
template <class Wire>
void pass(Wire& wire, Relation& v) {
  wire(v.catalog, v.schema, v.name, v.content, v.port, v.columns, v.files, v.rows, v.place);
}
template <class Wire>
void pass(Wire& wire, Bounds& v) {
  wire(v.rows_max, v.memory_bytes, v.spill_bytes, v.threads);
}
template <class Wire>
void pass(Wire& wire, Statement& v) {
  wire(v.sql, v.parameters, v.catalog, v.schema);
}
template <class Wire>
void pass(Wire& wire, Output& v) {
  wire(v.format);
}
template <class Wire>
void pass(Wire& wire, Plan& v) {
  wire(v.relations, v.statement, v.output, v.bounds, v.reads);
}
template <class Wire>
void pass(Wire& wire, Dialect& v) {
  wire(v.format, v.encoding, v.delimiter, v.quote, v.escape, v.header, v.null_text, v.decimal_comma,
       v.date_format, v.timestamp_format);
}
template <class Wire>
void pass(Wire& wire, Inspection& v) {
  wire(v.files, v.bounds, v.text);
}
template <class Wire>
void pass(Wire& wire, Conversion& v) {
  wire(v.file, v.dialect, v.columns, v.formats, v.bounds);
}
template <class Wire>
void pass(Wire& wire, Converted& v) {
  wire(v.rows, v.rejected, v.first_rejects);
}
template <class Wire>
void pass(Wire& wire, Want& v) {
  wire(v.rows_max, v.bytes_max);
}
template <class Wire>
void pass(Wire& wire, Column& v) {
  wire(v.name, v.type);
}
template <class Wire>
void pass(Wire& wire, ReadColumns& v) {
  wire(v.relation, v.columns);
}
template <class Wire>
void pass(Wire& wire, Bound& v) {
  wire(v.columns, v.reads);
}
template <class Wire>
void pass(Wire& wire, Tally& v) {
  wire(v.rows, v.bytes_out, v.bytes_scanned, v.progress);
}
template <class Wire>
void pass(Wire& wire, Error& v) {
  wire(v.code, v.text, v.next);
}
template <class Wire>
void pass(Wire& wire, Footer& v) {
  wire(v.label, v.rows, v.bytes, v.schema, v.rejected, v.first_reject);
}
template <class Wire>
void pass(Wire& wire, Hello& v) {
  wire(v.protocol, v.landlock_abi, v.denials, v.layers, v.engine);
}
template <class Wire>
void pass(Wire& wire, RowsHead& v) {
  wire(v.rows, v.progress, v.bytes_scanned);
}

// A JSON value is the number of its alternative and its content.
void Packer::put(const Json& json) {
  put(static_cast<std::uint8_t>(json.value().index()));
  std::visit(
      [&]<class T>(const T& value) {
        if constexpr (std::is_same_v<T, Json::Object>) {
          put(static_cast<std::uint32_t>(value.size()));
          for (const auto& [name, member] : value) (*this)(name, member);
        } else if constexpr (!std::is_same_v<T, std::nullptr_t>) {
          put(value);
        }
      },
      json.value());
}

void Unpacker::get(Json& json) {
  const auto content = [&]<class T>(T value) {
    get(value);
    json = Json(std::move(value));
  };
  std::uint8_t kind = 0;
  get(kind);
  switch (kind) {
    case 0: json = Json(nullptr); break;
    case 1: content(bool{}); break;
    case 2: content(std::int64_t{}); break;
    case 3: content(std::uint64_t{}); break;
    case 4: content(double{}); break;
    case 5: content(std::string{}); break;
    case 6: content(Json::Array{}); break;
    case 7: {
      std::uint32_t count = 0;
      get(count);
      if (count > in_.size() || depth_ >= kDepthMax) return fail();
      ++depth_;
      Json::Object members;
      for (std::uint32_t i = 0; i < count && good_; ++i) {
        auto& [name, member] = members.emplace_back();
        (*this)(name, member);
      }
      --depth_;
      json = Json(std::move(members));
      break;
    }
    default: fail();
  }
}

template <class T>
std::string pack(const T& value) {
  Packer packer;
  packer(value);
  return std::move(packer.out);
}

template <class T>
Result<T> unpack(std::string_view body, std::string_view what) {
  Unpacker unpacker(body);
  T value{};
  unpacker(value);
  if (!unpacker.done()) return corrupt("a worker's frame is not a " + std::string(what));
  return value;
}

}  // namespace

std::size_t frame_body_max(FrameKind kind) {
  switch (kind) {
    case FrameKind::hello:
    case FrameKind::end:
    case FrameKind::pull:
    case FrameKind::wipe:
    case FrameKind::outcome:
    case FrameKind::wiped: return 4 * 1024;
    case FrameKind::converted:
    case FrameKind::error:
    case FrameKind::broken: return kSmallBody;
    case FrameKind::tree: return limits::tree_bytes_max;
    case FrameKind::parse: return limits::sql_bytes_max;
    case FrameKind::bound:
    case FrameKind::rows:
    case FrameKind::footers:
    case FrameKind::plan:
    case FrameKind::convert:
    case FrameKind::inspect: return limits::frame_bytes_max;
  }
  return 0;
}

Result<FrameHead> read_head(std::span<const char, kFrameHeadBytes> bytes) {
  FrameHead head{static_cast<FrameKind>(bytes[0]), 0};
  std::memcpy(&head.bytes, bytes.data() + 1, sizeof head.bytes);
  const std::size_t most = frame_body_max(head.kind);
  if (most == 0) return corrupt("a frame of an unknown kind");
  if (head.bytes > most) return corrupt("a frame larger than its kind allows");
  return head;
}

std::array<char, kFrameHeadBytes> write_head(FrameKind kind, std::size_t body_bytes) {
  std::array<char, kFrameHeadBytes> bytes{};
  const auto size = static_cast<std::uint32_t>(body_bytes);
  bytes[0] = static_cast<char>(kind);
  std::memcpy(bytes.data() + 1, &size, sizeof size);
  return bytes;
}

std::string encode(const Hello& hello) { return pack(hello); }
std::string encode(const Plan& plan) { return pack(plan); }
std::string encode(const Inspection& inspection) { return pack(inspection); }
std::string encode(const Conversion& conversion) { return pack(conversion); }
std::string encode(const Converted& converted) { return pack(converted); }
std::string encode(const Want& want) { return pack(want); }
std::string encode(const Bound& bound) { return pack(bound); }
std::string encode(const Tally& tally) { return pack(tally); }
std::string encode(const Error& error) { return pack(error); }
std::string encode(const std::vector<Footer>& footers) { return pack(footers); }

std::array<char, kRowsHeadBytes> encode(const RowsHead& head) {
  std::array<char, kRowsHeadBytes> bytes{};
  const std::string packed = pack(head);
  HANSA_ASSERT(packed.size() == bytes.size());
  std::memcpy(bytes.data(), packed.data(), bytes.size());
  return bytes;
}

Result<Hello> decode_hello(std::string_view body) { return unpack<Hello>(body, "greeting"); }
Result<Plan> decode_plan(std::string_view body) { return unpack<Plan>(body, "plan"); }
Result<Inspection> decode_inspection(std::string_view body) {
  return unpack<Inspection>(body, "inspection");
}
Result<Conversion> decode_conversion(std::string_view body) {
  return unpack<Conversion>(body, "conversion");
}
Result<Want> decode_want(std::string_view body) { return unpack<Want>(body, "pull"); }
Result<Tally> decode_tally(std::string_view body) { return unpack<Tally>(body, "tally"); }
Result<Error> decode_error(std::string_view body) { return unpack<Error>(body, "error"); }
Result<RowsHead> decode_rows_head(std::string_view body) {
  return unpack<RowsHead>(body.substr(0, kRowsHeadBytes), "head of rows");
}

// Names and types reach clients, who expect UTF-8.
Result<Bound> decode_bound(std::string_view body) {
  HANSA_TRY(Bound bound, unpack<Bound>(body, "bound statement"));
  for (const Column& column : bound.columns)
    if (!is_utf8(column.name) || !is_utf8(column.type))
      return corrupt("a worker's column is not UTF-8");
  return bound;
}

Result<Converted> decode_converted(std::string_view body) {
  HANSA_TRY(Converted converted, unpack<Converted>(body, "conversion's outcome"));
  if (!is_utf8(converted.first_rejects)) return corrupt("a worker's words are not UTF-8");
  return converted;
}

Result<std::vector<Footer>> decode_footers(std::string_view body) {
  HANSA_TRY(auto footers, unpack<std::vector<Footer>>(body, "list of footers"));
  for (const Footer& footer : footers)
    if (!is_utf8(footer.first_reject)) return corrupt("a worker's words are not UTF-8");
  return footers;
}

}  // namespace hansa::query
