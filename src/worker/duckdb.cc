#include "worker/duckdb.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "worker/duckdb_stream.h"

namespace hansa::worker {
namespace {

// Newer than the header.
constexpr int kTypeGeometry = 40;
constexpr int kTypeVariant = 41;

static_assert(sizeof(Text) == sizeof(duckdb_string_t));
static_assert(sizeof(Int128) == sizeof(duckdb_hugeint));
static_assert(sizeof(Interval) == sizeof(duckdb_interval));
static_assert(sizeof(ListEntry) == sizeof(duckdb_list_entry));

struct LogicalType {
  explicit LogicalType(duckdb_logical_type type) : type(type) {}
  LogicalType(const LogicalType&) = delete;
  LogicalType& operator=(const LogicalType&) = delete;
  ~LogicalType() { duckdb_destroy_logical_type(&type); }
  duckdb_logical_type type;
};

std::string take_text(char* text) {
  std::string taken = text == nullptr ? "" : text;
  duckdb_free(text);
  return taken;
}

struct Prefix {
  std::string_view text;
  Code code;
};
// DuckDB's kinds of error by the words in front, since not every call of its interface tells the
// kind.
constexpr std::array kPrefixes{
    Prefix{"Out of Memory Error: ", Code::exhausted}, Prefix{"IO Error: ", Code::corrupt},
    Prefix{"INTERNAL Error: ", Code::internal},       Prefix{"FATAL Error: ", Code::internal},
    Prefix{"Serialization Error: ", Code::corrupt},
};

std::atomic<bool> gave_up = false;

std::unexpected<Error> failure(const char* message) {
  // Some failures come without a result to ask.
  std::string_view text = message == nullptr ? "the statement failed without a reason" : message;
  // An assertion of the engine brings its stack along, with the paths of this machine.
  text = text.substr(0, text.find("\n\nStack Trace:"));
  for (const Prefix& prefix : kPrefixes) {
    if (!text.starts_with(prefix.text)) continue;
    if (prefix.code == Code::internal) gave_up = true;
    return fail(prefix.code, std::string(text));
  }
  return invalid(std::string(text));
}

std::unexpected<Error> failure(duckdb_result& result) {
  return failure(result.internal_data == nullptr ? nullptr : duckdb_result_error(&result));
}

struct Simple {
  int type;
  Kind kind;
  std::string_view name;
};
constexpr std::array kSimple{
    Simple{DUCKDB_TYPE_BOOLEAN, Kind::boolean, "BOOLEAN"},
    Simple{DUCKDB_TYPE_TINYINT, Kind::int8, "TINYINT"},
    Simple{DUCKDB_TYPE_SMALLINT, Kind::int16, "SMALLINT"},
    Simple{DUCKDB_TYPE_INTEGER, Kind::int32, "INTEGER"},
    Simple{DUCKDB_TYPE_BIGINT, Kind::int64, "BIGINT"},
    Simple{DUCKDB_TYPE_UTINYINT, Kind::uint8, "UTINYINT"},
    Simple{DUCKDB_TYPE_USMALLINT, Kind::uint16, "USMALLINT"},
    Simple{DUCKDB_TYPE_UINTEGER, Kind::uint32, "UINTEGER"},
    Simple{DUCKDB_TYPE_UBIGINT, Kind::uint64, "UBIGINT"},
    Simple{DUCKDB_TYPE_HUGEINT, Kind::int128, "HUGEINT"},
    Simple{DUCKDB_TYPE_UHUGEINT, Kind::uint128, "UHUGEINT"},
    Simple{DUCKDB_TYPE_FLOAT, Kind::float32, "FLOAT"},
    Simple{DUCKDB_TYPE_DOUBLE, Kind::float64, "DOUBLE"},
    Simple{DUCKDB_TYPE_DATE, Kind::date, "DATE"},
    Simple{DUCKDB_TYPE_TIME, Kind::time, "TIME"},
    Simple{DUCKDB_TYPE_TIME_NS, Kind::time_ns, "TIME_NS"},
    Simple{DUCKDB_TYPE_TIMESTAMP_S, Kind::timestamp_s, "TIMESTAMP_S"},
    Simple{DUCKDB_TYPE_TIMESTAMP_MS, Kind::timestamp_ms, "TIMESTAMP_MS"},
    Simple{DUCKDB_TYPE_TIMESTAMP, Kind::timestamp, "TIMESTAMP"},
    Simple{DUCKDB_TYPE_TIMESTAMP_NS, Kind::timestamp_ns, "TIMESTAMP_NS"},
    Simple{DUCKDB_TYPE_TIMESTAMP_TZ, Kind::timestamptz, "TIMESTAMP WITH TIME ZONE"},
    Simple{DUCKDB_TYPE_INTERVAL, Kind::interval, "INTERVAL"},
    Simple{DUCKDB_TYPE_VARCHAR, Kind::text, "VARCHAR"},
    Simple{DUCKDB_TYPE_BLOB, Kind::blob, "BLOB"},
    Simple{DUCKDB_TYPE_UUID, Kind::uuid, "UUID"},
    Simple{DUCKDB_TYPE_SQLNULL, Kind::null, "\"NULL\""},
    Simple{DUCKDB_TYPE_BIT, Kind::opaque, "BIT"},
    Simple{DUCKDB_TYPE_TIME_TZ, Kind::opaque, "TIME WITH TIME ZONE"},
    Simple{DUCKDB_TYPE_BIGNUM, Kind::opaque, "BIGNUM"},
    Simple{DUCKDB_TYPE_UNION, Kind::opaque, "UNION"},
    Simple{kTypeGeometry, Kind::opaque, "GEOMETRY"},
    Simple{kTypeVariant, Kind::opaque, "VARIANT"},
};

ValueType describe(duckdb_logical_type type);

void describe_decimal(duckdb_logical_type type, ValueType& out) {
  out.scale = duckdb_decimal_scale(type);
  out.name = fmt::format("DECIMAL({},{})", duckdb_decimal_width(type), out.scale);
  const duckdb_type inside = duckdb_decimal_internal_type(type);
  out.kind = inside == DUCKDB_TYPE_SMALLINT  ? Kind::decimal16
             : inside == DUCKDB_TYPE_INTEGER ? Kind::decimal32
             : inside == DUCKDB_TYPE_BIGINT  ? Kind::decimal64
                                             : Kind::decimal128;
}

void describe_enum(duckdb_logical_type type, ValueType& out) {
  std::vector<std::string> quoted;
  for (std::uint32_t i = 0; i < duckdb_enum_dictionary_size(type); ++i) {
    out.words.push_back(take_text(duckdb_enum_dictionary_value(type, i)));
    quoted.push_back(sql_literal(out.words.back()));
  }
  out.name = fmt::format("ENUM({})", join(quoted, ", "));
  const duckdb_type inside = duckdb_enum_internal_type(type);
  out.kind = inside == DUCKDB_TYPE_UTINYINT    ? Kind::enum8
             : inside == DUCKDB_TYPE_USMALLINT ? Kind::enum16
                                               : Kind::enum32;
}

void describe_struct(duckdb_logical_type type, ValueType& out) {
  std::vector<std::string> parts;
  for (idx_t i = 0; i < duckdb_struct_type_child_count(type); ++i) {
    out.words.push_back(take_text(duckdb_struct_type_child_name(type, i)));
    out.children.push_back(describe(LogicalType(duckdb_struct_type_child_type(type, i)).type));
    parts.push_back(
        fmt::format("{} {}", sql_identifier(out.words.back()), out.children.back().name));
  }
  out.kind = Kind::structure;
  out.name = fmt::format("STRUCT({})", join(parts, ", "));
}

void describe_nested(duckdb_logical_type type, ValueType& out) {
  switch (static_cast<int>(duckdb_get_type_id(type))) {
    case DUCKDB_TYPE_LIST:
      out.children.push_back(describe(LogicalType(duckdb_list_type_child_type(type)).type));
      out.kind = Kind::list;
      out.name = out.children[0].name + "[]";
      break;
    case DUCKDB_TYPE_ARRAY:
      out.children.push_back(describe(LogicalType(duckdb_array_type_child_type(type)).type));
      out.kind = Kind::array;
      out.length = static_cast<std::uint32_t>(duckdb_array_type_array_size(type));
      out.name = fmt::format("{}[{}]", out.children[0].name, out.length);
      break;
    case DUCKDB_TYPE_MAP:
      out.children.push_back(describe(LogicalType(duckdb_map_type_key_type(type)).type));
      out.children.push_back(describe(LogicalType(duckdb_map_type_value_type(type)).type));
      out.kind = Kind::map;
      out.name = fmt::format("MAP({}, {})", out.children[0].name, out.children[1].name);
      break;
    default: out.name = "VARCHAR"; break;
  }
}

ValueType describe(duckdb_logical_type type) {
  ValueType out;
  const int id = static_cast<int>(duckdb_get_type_id(type));
  for (const Simple& simple : kSimple) {
    if (simple.type != id) continue;
    out.kind = simple.kind;
    out.name = simple.name;
    // JSON and other named types are stored as what they are made of.
    if (const std::string alias = take_text(duckdb_logical_type_get_alias(type)); alias == "JSON")
      out.name = alias;
    return out;
  }
  switch (id) {
    case DUCKDB_TYPE_DECIMAL: describe_decimal(type, out); break;
    case DUCKDB_TYPE_ENUM: describe_enum(type, out); break;
    case DUCKDB_TYPE_STRUCT: describe_struct(type, out); break;
    case DUCKDB_TYPE_INVALID:
      out.known = false;
      out.kind = Kind::text;
      out.name = "VARCHAR";
      break;
    default: describe_nested(type, out); break;
  }
  return out;
}

Vector view(duckdb_vector vector, const ValueType& type) {
  Vector out{&type, duckdb_vector_get_data(vector), duckdb_vector_get_validity(vector), {}};
  if (type.kind == Kind::list) {
    out.children.push_back(view(duckdb_list_vector_get_child(vector), type.children[0]));
  } else if (type.kind == Kind::array) {
    out.children.push_back(view(duckdb_array_vector_get_child(vector), type.children[0]));
  } else if (type.kind == Kind::map) {
    // A map is a list of structures of key and value.
    const duckdb_vector entries = duckdb_list_vector_get_child(vector);
    for (idx_t i = 0; i < 2; ++i)
      out.children.push_back(view(duckdb_struct_vector_get_child(entries, i), type.children[i]));
  } else if (type.kind == Kind::structure) {
    for (idx_t i = 0; i < type.children.size(); ++i)
      out.children.push_back(view(duckdb_struct_vector_get_child(vector, i), type.children[i]));
  }
  return out;
}

struct Value {
  explicit Value(const Json& json) {
    if (const auto* text = json.as_string())
      value = duckdb_create_varchar_length(text->data(), text->size());
    else if (const bool* boolean = json.as_bool()) value = duckdb_create_bool(*boolean);
    else if (const auto whole = json.as_int()) value = duckdb_create_int64(*whole);
    else if (const auto large = json.as_unsigned()) value = duckdb_create_uint64(*large);
    else if (const auto number = json.as_double()) value = duckdb_create_double(*number);
    else if (json.is_null()) value = duckdb_create_null_value();
  }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  ~Value() {
    if (value != nullptr) duckdb_destroy_value(&value);
  }
  duckdb_value value = nullptr;
};

}  // namespace

bool has_opaque(const ValueType& type) {
  if (type.kind == Kind::opaque) return true;
  for (const ValueType& child : type.children)
    if (has_opaque(child)) return true;
  return false;
}

std::string readable_name(const ValueType& type) {
  if (!has_opaque(type)) return type.name;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < type.children.size(); ++i) {
    const std::string name = readable_name(type.children[i]);
    parts.push_back(type.kind == Kind::structure ? sql_identifier(type.words[i]) + " " + name
                                                 : name);
  }
  if (type.kind == Kind::list) return parts[0] + "[]";
  if (type.kind == Kind::array) return fmt::format("{}[{}]", parts[0], type.length);
  if (type.kind == Kind::map) return fmt::format("MAP({})", join(parts, ", "));
  if (type.kind == Kind::structure) return fmt::format("STRUCT({})", join(parts, ", "));
  return "VARCHAR";
}

struct Database::State {
  duckdb_database database = nullptr;
  ~State() { duckdb_close(&database); }
};
struct Connection::State {
  duckdb_connection connection = nullptr;
  ~State() { duckdb_disconnect(&connection); }
};
struct Prepared::State {
  duckdb_prepared_statement statement = nullptr;
  std::vector<ColumnType> columns;
  ~State() { duckdb_destroy_prepare(&statement); }
};
struct Rows::State {
  duckdb_result result{};
  duckdb_data_chunk chunk = nullptr;
  std::vector<ColumnType> columns;
  std::vector<Vector> vectors;
  std::uint64_t count = 0;
  void describe_columns() {
    for (idx_t i = 0; i < duckdb_column_count(&result); ++i)
      columns.push_back({duckdb_column_name(&result, i),
                         describe(LogicalType(duckdb_column_logical_type(&result, i)).type)});
  }
  ~State() {
    duckdb_destroy_data_chunk(&chunk);
    duckdb_destroy_result(&result);
  }
};

Rows::Rows(std::unique_ptr<State> state) : state_(std::move(state)) {}
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;
Rows::~Rows() = default;
Prepared::Prepared(std::unique_ptr<State> state) : state_(std::move(state)) {}
Prepared::Prepared(Prepared&&) noexcept = default;
Prepared& Prepared::operator=(Prepared&&) noexcept = default;
Prepared::~Prepared() = default;
Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;
Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

const std::vector<ColumnType>& Rows::columns() const { return state_->columns; }
std::uint64_t Rows::count() const { return state_->count; }

Result<std::span<const Vector>> Rows::next() {
  duckdb_destroy_data_chunk(&state_->chunk);
  state_->vectors.clear();
  state_->count = 0;
  state_->chunk = duckdb_fetch_chunk(state_->result);
  if (state_->chunk == nullptr) {
    if (const char* error = duckdb_result_error(&state_->result)) return failure(error);
    return std::span<const Vector>{};
  }
  state_->count = duckdb_data_chunk_get_size(state_->chunk);
  if (state_->count == 0) return std::span<const Vector>{};
  for (idx_t i = 0; i < state_->columns.size(); ++i)
    state_->vectors.push_back(
        view(duckdb_data_chunk_get_vector(state_->chunk, i), state_->columns[i].type));
  return std::span<const Vector>(state_->vectors);
}

const std::vector<ColumnType>& Prepared::columns() const { return state_->columns; }

bool Prepared::is_select() const {
  return duckdb_prepared_statement_type(state_->statement) == DUCKDB_STATEMENT_TYPE_SELECT;
}

Result<void> Prepared::bind(std::span<const Json> parameters) {
  const std::size_t wanted = duckdb_nparams(state_->statement);
  if (parameters.size() != wanted)
    return invalid(fmt::format("the statement takes {}, not {}", counted(wanted, "parameter"),
                               parameters.size()));
  for (std::size_t i = 0; i < wanted; ++i) {
    const Value value(parameters[i]);
    if (value.value == nullptr)
      return invalid(
          fmt::format("parameter {} is a {}; parameters are text, numbers, booleans or null", i + 1,
                      parameters[i].kind()));
    if (duckdb_bind_value(state_->statement, i + 1, value.value) != DuckDBSuccess)
      return failure(duckdb_prepare_error(state_->statement));
  }
  return {};
}

Result<Rows> Prepared::stream() {
  auto rows = std::make_unique<Rows::State>();
  if (duckdb_execute_prepared_streaming(state_->statement, &rows->result) != DuckDBSuccess)
    return failure(rows->result);
  rows->describe_columns();
  return Rows(std::move(rows));
}

void* Connection::native() const { return state_->connection; }

Result<void> Connection::run(const std::string& sql) {
  duckdb_result result{};
  const bool good = duckdb_query(state_->connection, sql.c_str(), &result) == DuckDBSuccess;
  Result<void> answer;
  if (!good) answer = failure(result);
  duckdb_destroy_result(&result);
  return answer;
}

Result<Prepared> Connection::prepare(const std::string& sql) {
  auto state = std::make_unique<Prepared::State>();
  if (duckdb_prepare(state_->connection, sql.c_str(), &state->statement) != DuckDBSuccess)
    return failure(state->statement == nullptr ? nullptr : duckdb_prepare_error(state->statement));
  for (idx_t i = 0; i < duckdb_prepared_statement_column_count(state->statement); ++i)
    state->columns.push_back(
        {take_text(const_cast<char*>(duckdb_prepared_statement_column_name(state->statement, i))),
         describe(LogicalType(duckdb_prepared_statement_column_logical_type(state->statement, i))
                      .type)});
  return Prepared(std::move(state));
}

Result<Rows> Connection::stream(const std::string& select) {
  auto rows = std::make_unique<Rows::State>();
  if (stream_query(state_->connection, select, rows->result) != DuckDBSuccess)
    return failure(rows->result);
  rows->describe_columns();
  return Rows(std::move(rows));
}

Result<Connection::Texts> Connection::texts(const std::string& sql,
                                            std::span<const Json> parameters) {
  HANSA_TRY(Prepared prepared, prepare(sql));
  return prepared.texts(parameters);
}

Result<Prepared::Texts> Prepared::texts(std::span<const Json> parameters) {
  HANSA_CHECK(bind(parameters));
  HANSA_TRY(Rows rows, stream());
  Texts out;
  for (;;) {
    HANSA_TRY(const auto vectors, rows.next());
    if (vectors.empty()) return out;
    for (std::uint64_t row = 0; row < rows.count(); ++row) {
      auto& line = out.emplace_back();
      for (const Vector& vector : vectors) {
        HANSA_ASSERT(vector.type->kind == Kind::text);
        auto& cell = line.emplace_back();
        if (vector.is_valid(row)) cell = std::string(vector.as<Text>()[row].view());
      }
    }
  }
}

Result<Database> Database::open() {
  auto state = std::make_unique<State>();
  duckdb_config config = nullptr;
  if (duckdb_create_config(&config) != DuckDBSuccess)
    return unavailable("DuckDB cannot make a configuration");
  for (const auto& [name, value] : std::array<std::pair<const char*, const char*>, 3>{
           {{"threads", "1"},
            {"autoinstall_known_extensions", "false"},
            {"autoload_known_extensions", "false"}}})
    duckdb_set_config(config, name, value);
  char* error = nullptr;
  const bool good = duckdb_open_ext(nullptr, &state->database, config, &error) == DuckDBSuccess;
  duckdb_destroy_config(&config);
  const std::string why = take_text(error);
  if (!good) return unavailable("DuckDB does not open: " + why);
  return Database(std::move(state));
}

Result<Connection> Database::connect() {
  auto state = std::make_unique<Connection::State>();
  if (duckdb_connect(state_->database, &state->connection) != DuckDBSuccess)
    return unavailable("DuckDB does not connect");
  return Connection(std::move(state));
}

bool Database::gave_up() { return worker::gave_up; }

std::string Database::version() { return std::string("duckdb ") + duckdb_library_version(); }

}  // namespace hansa::worker
