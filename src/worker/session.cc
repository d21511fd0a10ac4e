#include "worker/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/text.h"
#include "model/keys.h"
#include "query/lexer.h"
#include "worker/inspect.h"
#include "worker/piped.h"

namespace hansa::worker {
namespace {

using query::FrameKind;

std::string in_megabytes(std::uint64_t bytes) {
  return fmt::format("{}MiB", std::max<std::uint64_t>(bytes >> 20, 1));
}

// "line 3, column 7" of a byte of the statement.
std::string place(std::string_view sql, std::size_t at) {
  const std::string_view before = sql.substr(0, std::min(at, sql.size()));
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t newline = before.rfind('\n');
  return fmt::format("line {}, column {}", line,
                     before.size() - (newline == std::string_view::npos ? 0 : newline + 1) + 1);
}

// What json_serialize_sql says of a statement that it does not take.
Error refusal(std::string_view sql, std::string_view answer) {
  const auto json = parse_json(answer);
  const Json* message = json ? json->find("error_message") : nullptr;
  const Json* type = json ? json->find("error_type") : nullptr;
  const Json* position = json ? json->find("position") : nullptr;
  std::string text = message != nullptr && message->as_string() ? *message->as_string()
                                                                : "the statement cannot be read";
  if (type != nullptr && type->as_string() && *type->as_string() == "not implemented")
    return {Code::invalid, "only one SELECT statement can be run here",
            "data is changed by publishing, not by SQL"};
  if (position != nullptr && position->as_string())
    if (const auto at = parse_int(*position->as_string()))
      text = fmt::format("{}: {}", place(sql, static_cast<std::size_t>(*at)), text);
  return {Code::invalid, std::move(text), {}};
}

// The casts that make every column readable, around the user's statement.
std::string readable(std::string_view sql, const std::vector<ColumnType>& columns) {
  std::vector<std::string> inner;
  std::vector<std::string> outer;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    inner.push_back(fmt::format("hansa{}", i));
    outer.push_back(fmt::format("CAST({} AS {}) AS {}", inner.back(),
                                readable_name(columns[i].type), sql_identifier(columns[i].name)));
  }
  return fmt::format("SELECT {} FROM ({}\n) AS hansa({})", join(outer, ", "),
                     query::without_semicolon(sql), join(inner, ", "));
}

std::string encodable(const std::string& sql, const std::vector<ColumnType>& columns,
                      query::Format format) {
  const auto opaque = [](const ColumnType& column) { return has_opaque(column.type); };
  if (format == query::Format::parquet || std::ranges::none_of(columns, opaque)) return sql;
  return readable(sql, columns);
}

query::Bound bound_of(const std::vector<ColumnType>& columns) {
  query::Bound bound;
  for (const ColumnType& column : columns) bound.columns.push_back({column.name, column.type.name});
  return bound;
}

// A statement that gives its first rows later is one that somebody may want to end before.
constexpr std::chrono::milliseconds kQuick{20};

// What every tree is made with.
constexpr const char* kParse =
    "SELECT tree::VARCHAR, json_array_length(tree, '$.statements')::VARCHAR FROM (SELECT "
    "json_serialize_sql($1::VARCHAR, "
    "skip_null := true, skip_empty := true, skip_default := true) AS tree)";

// What must be empty once a principal is forgotten. One by one: DuckDB takes twenty times as long
// to plan them as one statement. Macros are not counted (that takes 40 ms): they lie in a catalog
// that is detached, and the one that stays sees no statement but a SELECT.
constexpr std::array kLeft{"duckdb_databases() WHERE NOT internal AND database_name <> 'memory'",
                           "duckdb_schemas() WHERE NOT internal AND schema_name <> 'main'",
                           "duckdb_tables()", "duckdb_views() WHERE NOT internal",
                           "duckdb_sequences()", "duckdb_types() WHERE NOT internal",
                           "duckdb_variables()", "duckdb_temporary_files()",
                           // What was written there by a statement is another's to read. No
                           // setting forbids to switch it on.
                           "duckdb_logs()"};

bool is_settled(const std::vector<ColumnType>& columns) {
  return std::ranges::all_of(columns, [](const ColumnType& column) { return column.type.known; });
}

}  // namespace

Result<void> Session::lock_down() {
  HANSA_TRY(quiet_, database_.connect());
  const std::string spill = in_megabytes(options_.spill_bytes);
  for (const std::string& sql : {
           std::string("SET temp_directory = 'spill'"),
           fmt::format("SET max_temp_directory_size = '{}'", spill),
           fmt::format("SET memory_limit = '{}'", in_megabytes(options_.memory_bytes)),
           std::string("SET GLOBAL TimeZone = 'UTC'"),
           // The seat's names are short-lived: what is cached under one must not answer for the
           // next.
           std::string("SET enable_external_file_cache = false"),
           std::string("SET allowed_directories = ['in/', 'spill/']"),
           fmt::format("SET allowed_paths = ['{}']", kPipe),
           std::string("SET enable_external_access = false"),
           fmt::format("SET threads = {}", std::max<std::uint32_t>(options_.threads, 1)),
           std::string("SET lock_configuration = true"),
       })
    if (auto done = quiet_->run(sql); !done) return in_context(sql, std::move(done).error());
  HANSA_TRY(parser_, quiet_->prepare(kParse));
  if (auto done = rehearse(); !done) return in_context("rehearsing", std::move(done).error());
  return {};
}

// What a process does for the first time takes several times as long: better now than when somebody
// waits for it.
Result<void> Session::rehearse() {
  constexpr const char* kFile = "spill/rehearsal.parquet";
  constexpr const char* kStatement =
      "SELECT b, count(*), max(a) FROM t WHERE a > 1 GROUP BY b ORDER BY b LIMIT 5";
  HANSA_CHECK(get_ready());
  const std::string copy = fmt::format(
      "COPY (SELECT range AS a, 'x' || range AS b FROM range(100)) TO '{}' (FORMAT parquet)",
      kFile);
  if (!connection_->run(copy)) {
    // A full disk must not keep those from asking who need none of it.
    ::unlink(kFile);
    HANSA_CHECK(forget());
    return get_ready();
  }
  HANSA_CHECK(connection_->run(
      fmt::format("CREATE VIEW t AS SELECT a, b FROM system.main.read_parquet(['{}'])", kFile)));
  const std::vector<Json> parameters{Json(kStatement)};
  HANSA_CHECK(parser_->texts(parameters));
  {
    const Waiting waiting(aside_);
    aside_.add([&] { (void)reads_.of(*beside_, plan_, kStatement, relations_); });
    HANSA_TRY(Rows running, connection_->stream(kStatement));
    rows_ = text_rows(std::move(running), query::Format::json, 100);
    HANSA_CHECK(rows_->next({}));
  }
  ::unlink(kFile);
  HANSA_CHECK(forget());
  return get_ready();
}

Result<void> Session::serve() {
  for (;;) {
    HANSA_TRY(const query::Frame frame, channel_.receive());
    if (auto done = answer(frame); !done) HANSA_CHECK(refuse(std::move(done).error()));
  }
}

Result<void> Session::refuse(Error error) {
  end_statement();
  if (error.code == Code::internal && error.text.empty())
    error.text = "the statement failed without a reason";
  return channel_.send(Database::gave_up() ? FrameKind::broken : FrameKind::error,
                       query::encode(error));
}

Result<void> Session::answer(const query::Frame& frame) {
  if (Database::gave_up()) return fail(Code::internal, "the engine of this worker gave up");
  switch (frame.kind) {
    case FrameKind::parse: return parse(frame.body);
    case FrameKind::plan: return plan(frame.body);
    case FrameKind::pull: return pull(frame.body);
    case FrameKind::inspect: return inspect(frame.body);
    case FrameKind::wipe: return wipe();
    case FrameKind::convert: return convert(frame.body);
    case FrameKind::outcome: return outcome();
    case FrameKind::hello:
    case FrameKind::tree:
    case FrameKind::bound:
    case FrameKind::rows:
    case FrameKind::end:
    case FrameKind::error:
    case FrameKind::footers:
    case FrameKind::wiped:
    case FrameKind::converted:
    case FrameKind::broken: break;
  }
  return corrupt("a frame that only workers send");
}

Result<void> Session::parse(const std::string& sql) {
  if (sql.contains('\0')) return invalid("the statement holds a NUL byte");
  const std::vector<Json> parameters{Json(sql)};
  HANSA_TRY(const auto rows, parser_->texts(parameters));
  const std::string tree = rows.at(0).at(0).value_or("");
  if (!tree.starts_with("{\"error\":false")) return std::unexpected(refusal(sql, tree));
  const std::string count = rows.at(0).at(1).value_or("0");
  if (count == "0") return invalid("there is no statement");
  if (count != "1") return invalid("there is more than one statement", "send them one at a time");
  if (tree.size() > limits::tree_bytes_max)
    return exhausted("the statement is too large",
                     "split it, or join with a table instead of listing values");
  taken_.keep(sql, {});
  return channel_.send(FrameKind::tree, tree);
}

Result<void> Session::plan(std::string_view body) {
  end_statement();
  HANSA_TRY(plan_, query::decode_plan(body));
  files_.clear();
  bytes_scanned_ = 0;
  for (const query::Relation& relation : plan_.relations)
    for (const query::PlanFile& file : relation.files) files_.push_back(&file);
  auto bound = bind();
  if (bound) return is_told_ ? Result<void>() : tell_soon(*bound);
  end_statement();
  return std::unexpected(for_people(std::move(bound).error(), files_));
}

void Session::end_statement() {
  rows_.reset();
  conversion_.reset();
  prepared_.reset();
  start_error_.reset();
  is_bound_ = false;
  is_told_ = false;
}

Result<void> Session::tell(const query::Bound& bound) {
  for (const query::ReadColumns& read : bound.reads)
    for (const query::PlanFile& file : plan_.relations[read.relation].files)
      bytes_scanned_ += file.bytes;
  return channel_.send(FrameKind::bound, query::encode(bound));
}

// With the first rows, if they come at once.
Result<void> Session::tell_soon(const query::Bound& bound) {
  HANSA_CHECK(tell(bound));
  if (rows_ == nullptr) return {};
  channel_.hold();
  aside_.add_later(kQuick, [this] { (void)channel_.flush(); });
  return {};
}

Result<void> Session::tell_now(const query::Bound& bound) {
  HANSA_CHECK(tell(bound));
  is_told_ = true;
  return channel_.flush();
}

Result<query::Bound> Session::bind() {
  HANSA_CHECK(relations_.make(*connection_, plan_, *beside_, aside_));
  HANSA_TRY(sql_, engine_sql(*quiet_, plan_));
  if (!plan_.statement.parameters.empty()) {
    HANSA_TRY(Known learnt, bind_new());
    return std::move(learnt.bound);
  }
  std::string key = statements_.key(plan_, relations_);
  const Known* known = statements_.find(key);
  if (known == nullptr) {
    HANSA_TRY(Known learnt, may_start_new() ? start_new() : bind_new());
    query::Bound bound = learnt.bound;
    statements_.keep(std::move(key), std::move(learnt));
    return bound;
  }
  runs_ = known->sql;
  is_bound_ = true;
  if (channel_.has_more()) {
    HANSA_CHECK(tell_now(known->bound));
    start();
  }
  return known->bound;
}

// The first pull is here already, and what runs is known to be one SELECT.
bool Session::may_start_new() const {
  return channel_.has_more() && plan_.output.format != query::Format::parquet &&
         taken_.find(plan_.statement.sql) != nullptr;
}

// It starts, which plans it once, and gives what its rows have. What it reads is looked at beside,
// and what it gives too if it takes its time: the server must know of it, so that it can be ended.
// Nothing of it leaves before the files were looked at.
Result<Known> Session::start_new() {
  Result<std::vector<query::ReadColumns>> reads;
  Result<Known> slow = fail(Code::internal, "the statement was quick");
  const Waiting waiting(aside_);
  if (plan_.reads) reads = *plan_.reads;
  else aside_.add([&] { reads = look_at_reads(); });
  aside_.add_later(kQuick, [&] {
    std::optional<Prepared> unused;
    if (!reads) return;
    if (!reads_.use_default(*beside_, relations_)) return;
    slow = prepare(*beside_, unused);
    if (!slow) return;
    slow->bound.reads = *reads;
    (void)tell_now(slow->bound);
  });
  Known known;
  auto rows = stream(known);
  aside_.withdraw();
  aside_.wait();
  if (!reads) return std::unexpected(std::move(reads).error());
  if (rows) {
    rows_ = text_rows(*std::move(rows), plan_.output.format, plan_.bounds.rows_max);
  } else {
    // What does not bind reads nothing; what fails later does.
    std::optional<Prepared> unused;
    HANSA_TRY(known, slow ? std::move(slow) : prepare(*connection_, unused));
    start_error_ = std::move(rows).error();
  }
  known.bound.reads = *std::move(reads);
  return known;
}

// Beside. Where the statement's words say what it reads, they are not asked again.
Result<std::vector<query::ReadColumns>> Session::look_at_reads() {
  if (plan_.reads) return *plan_.reads;
  return reads_.of(*beside_, plan_, sql_, relations_);
}

Result<Rows> Session::stream(Known& known) {
  HANSA_TRY(Rows rows, connection_->stream(sql_));
  known = {.sql = encodable(sql_, rows.columns(), plan_.output.format),
           .bound = bound_of(rows.columns())};
  if (known.sql == sql_) return rows;
  const Rows ended = std::move(rows);
  return connection_->stream(known.sql);
}

// The columns of the result from one connection, and what is read from another at the same time. If
// the first pull is here already, the statement starts while that goes on.
Result<Known> Session::bind_new() {
  Result<std::vector<query::ReadColumns>> reads;
  const Waiting waiting(aside_);
  aside_.add([&] { reads = look_at_reads(); });
  auto known = prepare();
  if (known) {
    runs_ = known->sql;
    is_bound_ = true;
    if (channel_.has_more()) {
      aside_.add([&] {
        if (!reads) return;
        known->bound.reads = *reads;
        (void)tell_now(known->bound);
      });
      start();
    }
  }
  aside_.wait();
  if (!reads) return std::unexpected(std::move(reads).error());
  if (known) known->bound.reads = *std::move(reads);
  return known;
}

Result<Known> Session::prepare() {
  std::optional<Prepared> prepared;
  HANSA_TRY(Known known, prepare(*connection_, prepared));
  if (plan_.statement.parameters.empty() && is_settled(prepared->columns())) return known;
  if (known.sql != sql_) {
    HANSA_TRY(prepared, connection_->prepare(known.sql));
  }
  HANSA_CHECK(prepared->bind(plan_.statement.parameters));
  // A column that is a bare parameter has its type from the value: the statement must have started.
  if (!is_settled(prepared->columns())) {
    HANSA_TRY(Rows rows, prepared->stream());
    known.bound.columns = bound_of(rows.columns()).columns;
  }
  prepared_ = std::move(prepared);
  return known;
}

Result<Known> Session::prepare(Connection& connection, std::optional<Prepared>& prepared) const {
  HANSA_TRY(prepared, connection.prepare(sql_));
  if (!prepared->is_select()) return invalid("only one SELECT statement can be run here");
  return Known{.sql = encodable(sql_, prepared->columns(), plan_.output.format),
               .bound = bound_of(prepared->columns())};
}

// What fails from here on is the answer to a pull: the statement was bound.
void Session::start() {
  is_bound_ = false;
  if (auto started = start_rows(); !started) start_error_ = std::move(started).error();
}

Result<void> Session::start_rows() {
  if (plan_.output.format == query::Format::parquet) {
    HANSA_TRY(rows_,
              parquet_rows(*connection_, sql_, plan_.statement.parameters, plan_.bounds.rows_max));
    return {};
  }
  std::optional<Prepared> prepared = std::exchange(prepared_, std::nullopt);
  HANSA_TRY(Rows rows, prepared ? prepared->stream() : connection_->stream(runs_));
  rows_ = text_rows(std::move(rows), plan_.output.format, plan_.bounds.rows_max);
  return {};
}

Result<void> Session::pull(std::string_view body) {
  HANSA_TRY(const Want want, query::decode_want(body));
  // A pull that was already on its way when the rows ended or failed: that answer stands.
  if (!is_bound_ && rows_ == nullptr && !start_error_) return {};
  auto piece = [&]() -> Result<Piece> {
    if (is_bound_) start();
    if (start_error_) return std::unexpected(*std::exchange(start_error_, std::nullopt));
    return rows_->next(want);
  }();
  if (!piece) return std::unexpected(for_people(std::move(piece).error(), files_));
  if (!piece->bytes.empty()) {
    const query::RowsHead head{piece->rows, piece->last ? 1.0F : 0.5F, bytes_scanned_};
    const auto front = query::encode(head);
    HANSA_CHECK(
        channel_.send(FrameKind::rows, std::string_view(front.data(), front.size()), piece->bytes));
  }
  if (!piece->last) return {};
  const query::Tally tally{rows_->rows(), 0, bytes_scanned_, 1.0};
  rows_.reset();
  return channel_.send(FrameKind::end, query::encode(tally));
}

Result<void> Session::inspect(std::string_view body) {
  HANSA_TRY(const query::Inspection inspection, query::decode_inspection(body));
  std::vector<query::Footer> footers;
  for (const query::PlanFile& file : inspection.files) {
    HANSA_TRY(footers.emplace_back(),
              inspection.text ? guess_of(file, *inspection.text) : footer_of(*quiet_, file));
  }
  const std::string bytes = query::encode(footers);
  if (bytes.size() > query::frame_body_max(FrameKind::footers))
    return exhausted("the files have too many columns to be looked at together",
                     "publish fewer at once");
  return channel_.send(FrameKind::footers, bytes);
}

Result<void> Session::convert(std::string_view body) {
  HANSA_TRY(const query::Conversion conversion, query::decode_conversion(body));
  end_statement();
  files_.clear();
  bytes_scanned_ = conversion.file.bytes;
  HANSA_TRY(conversion_, Conversion::begin(*quiet_, conversion, options_.threads));
  // A pull follows; its answer is the first.
  HANSA_TRY(rows_, conversion_->parquet());
  return {};
}

Result<void> Session::outcome() {
  if (!conversion_ || rows_ != nullptr) return corrupt("nothing was converted");
  const query::Converted converted = conversion_->outcome(rows_);
  conversion_.reset();
  return channel_.send(FrameKind::converted, query::encode(converted));
}

Result<void> Session::wipe() {
  HANSA_CHECK(forget());
  HANSA_CHECK(get_ready());
  return channel_.send(FrameKind::wiped, {});
}

// Everything of the last principal goes, and it is looked at whether it went.
Result<void> Session::forget() {
  end_statement();
  statements_.forget();
  taken_.forget();
  reads_.forget();
  beside_.reset();
  connection_.reset();
  HANSA_CHECK(relations_.drop(*quiet_));
  plan_ = {};
  files_.clear();
  sql_.clear();
  runs_.clear();
  for (std::size_t i = 0; i < kLeft.size(); ++i) {
    if (i == checks_.size()) {
      HANSA_TRY(Prepared check,
                quiet_->prepare(fmt::format("SELECT count(*)::VARCHAR FROM {}", kLeft[i])));
      checks_.push_back(std::move(check));
    }
    HANSA_TRY(const auto count, checks_[i].texts());
    if (count.at(0).at(0) != "0")
      return fail(Code::internal, "something of the last query is left");
  }
  return {};
}

// What every principal needs, before it is known who comes next.
Result<void> Session::get_ready() {
  HANSA_TRY(connection_, database_.connect());
  HANSA_TRY(beside_, database_.connect());
  HANSA_CHECK(relations_.expect(*connection_, kMeshCatalog));
  return reads_.prepare(*beside_);
}

}  // namespace hansa::worker
