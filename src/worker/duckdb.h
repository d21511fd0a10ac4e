// DuckDB behind plain values: only duckdb.cc sees its header. Types are described once per
// statement and vectors are handed out as bare pointers, so that encoders run over columns without
// a call per value.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace hansa::worker {

// How a vector's values lie in memory.
enum class Kind : std::uint8_t {
  null,
  boolean,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  int128,
  uint128,
  float32,
  float64,
  decimal16,
  decimal32,
  decimal64,
  decimal128,
  date,
  time,
  time_ns,
  timestamp_s,
  timestamp_ms,
  timestamp,
  timestamp_ns,
  timestamptz,
  interval,
  text,
  blob,
  uuid,
  enum8,
  enum16,
  enum32,
  list,
  array,
  structure,
  map,
  opaque,  // known to DuckDB only: read through a cast to VARCHAR
};

struct ValueType {
  Kind kind = Kind::opaque;
  std::uint8_t scale = 0;           // decimals
  std::uint32_t length = 0;         // arrays
  std::string name;                 // DuckDB's spelling: "DECIMAL(9,2)"
  std::vector<std::string> words;   // of an enum; the fields of a structure
  std::vector<ValueType> children;  // list, array: one; map: key and value; structure: its fields
  bool known = true;                // false: not settled before parameters are bound
};

// True if the type or a part of it is opaque.
bool has_opaque(const ValueType& type);
// The type with every opaque part as VARCHAR, spelt for a cast.
std::string readable_name(const ValueType& type);

struct Int128 {
  std::uint64_t low;
  std::int64_t high;
};
struct Interval {
  std::int32_t months, days;
  std::int64_t micros;
};
struct ListEntry {
  std::uint64_t offset, length;
};
struct Text {
  std::uint32_t length;
  char head[4];
  union {
    char tail[8];
    const char* pointer;
  };
  // Up to 12 bytes lie in place, behind the length.
  std::string_view view() const {
    return {length <= 12 ? reinterpret_cast<const char*>(this) + sizeof length : pointer, length};
  }
};

// One column of a chunk, flat. `valid` is a bit mask, or null if no value is.
struct Vector {
  const ValueType* type = nullptr;
  const void* data = nullptr;
  const std::uint64_t* valid = nullptr;
  std::vector<Vector> children;

  bool is_valid(std::uint64_t row) const {
    return valid == nullptr || ((valid[row / 64] >> (row % 64)) & 1) != 0;
  }
  template <class T>
  const T* as() const {
    return static_cast<const T*>(data);
  }
};

struct ColumnType {
  std::string name;
  ValueType type;
};

// The rows of a running statement, a chunk at a time; DuckDB computes no further ahead than its
// streaming buffer. Dropping it ends the statement.
class Rows {
 public:
  struct State;
  explicit Rows(std::unique_ptr<State> state);
  Rows(Rows&&) noexcept;
  Rows& operator=(Rows&&) noexcept;
  ~Rows();

  const std::vector<ColumnType>& columns() const;
  // The next rows, valid until the following call; empty at the end.
  Result<std::span<const Vector>> next();
  std::uint64_t count() const;  // rows of the last chunk

 private:
  std::unique_ptr<State> state_;
};

class Prepared {
 public:
  struct State;
  explicit Prepared(std::unique_ptr<State> state);
  Prepared(Prepared&&) noexcept;
  Prepared& operator=(Prepared&&) noexcept;
  ~Prepared();

  // As far as they are settled before parameters are bound.
  const std::vector<ColumnType>& columns() const;
  bool is_select() const;
  // Errors: invalid (another number of parameters, or one that is a list or an object).
  Result<void> bind(std::span<const Json> parameters);
  Result<Rows> stream();
  // A statement that gives text columns; empty optionals are NULL. It can be run again and again.
  using Texts = std::vector<std::vector<std::optional<std::string>>>;
  Result<Texts> texts(std::span<const Json> parameters = {});

 private:
  std::unique_ptr<State> state_;
};

class Connection {
 public:
  struct State;
  explicit Connection(std::unique_ptr<State> state);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  // Errors: invalid (DuckDB's words), exhausted (memory, spill), corrupt (a file is not what it
  // says), internal (DuckDB gave up on itself: this process must not be used again).
  Result<void> run(const std::string& sql);
  Result<Prepared> prepare(const std::string& sql);
  // The rows of one SELECT without parameters, planned once: a statement over files that was
  // prepared is planned again when it runs. Nothing here looks whether it is a SELECT.
  Result<Rows> stream(const std::string& select);
  using Texts = Prepared::Texts;
  Result<Texts> texts(const std::string& sql, std::span<const Json> parameters = {});
  // What worker/made.cc registers functions with.
  void* native() const;

 private:
  std::unique_ptr<State> state_;
};

class Database {
 public:
  struct State;
  // In memory, one thread: Landlock binds the calling thread and those that it starts later.
  static Result<Database> open();
  explicit Database(std::unique_ptr<State> state);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  Result<Connection> connect();
  // Once some call has failed with `internal`, whoever heard of it: this process must not be used
  // again.
  static bool gave_up();
  static std::string version();

 private:
  std::unique_ptr<State> state_;
};

}  // namespace hansa::worker
