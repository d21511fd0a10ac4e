#include "world/store/sqlite/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/log.h"

namespace hansa::store::sqlite {
namespace {

// Before 3.51.3 a checkpoint that meets a commit of another connection can lose commits (the
// WAL-reset bug). Debian's own library has it, so a build that links that one must not serve.
constexpr int version_min = 3'051'003;
// Nobody but us opens the file; a lock of our own connections lasts microseconds.
constexpr int busy_ms_max = 5'000;

std::unexpected<Error> failed(sqlite3* handle, int code) {
  log(Level::error, "sqlite",
      {{"code", std::to_string(sqlite3_extended_errcode(handle))},
       {"text", sqlite3_errmsg(handle)}});
  const std::string text = fmt::format("the store: {}", sqlite3_errstr(code & 0xFF));
  switch (code & 0xFF) {
    case SQLITE_FULL: return exhausted(text, "make room on the server's disk");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return corrupt(text, "restore the store from a backup");
    default: return unavailable(text);
  }
}

int note_frames(void* frames, sqlite3*, const char*, int count) {
  *static_cast<std::int64_t*>(frames) = count;
  return SQLITE_OK;
}

// The schema of a doctored file must not run functions, nor a statement of ours damage the file's
// format.
void harden(sqlite3* handle) {
  int ignored = 0;
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, &ignored);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &ignored);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, busy_ms_max);
}

}  // namespace

Connection::Connection(sqlite3* handle)
    : handle_(handle), frames_(std::make_unique<std::int64_t>(0)) {}

Connection::~Connection() {
  // Statements may still live: the library closes once the last of them is gone.
  if (handle_ != nullptr) sqlite3_close_v2(handle_);
}

Result<Connection> Connection::open(const std::string& path, Access access) {
  if (sqlite3_libversion_number() < version_min)
    return unavailable(fmt::format("SQLite {} can lose commits", sqlite3_libversion()),
                       "build with third_party/sqlite, 3.51.3 or newer");
  // Without SQLITE_OPEN_CREATE: the caller makes the file, with permissions of its choice. A reader
  // opens for writing too, since in WAL mode it takes part in the index of the log.
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  if (handle == nullptr) return exhausted("the store: out of memory");
  Connection connection(handle);
  if (code != SQLITE_OK) return failed(handle, code);
  harden(handle);
  if (access == Access::read) {
    HANSA_CHECK(connection.run("PRAGMA query_only = ON"));
  } else {
    sqlite3_wal_hook(handle, note_frames, connection.frames_.get());
  }
  return connection;
}

Result<void> Connection::run(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failed(handle_, code);
  return {};
}

Result<std::int64_t> Connection::number(const std::string& sql) {
  HANSA_TRY(Statement statement, Statement::prepare(*this, sql));
  HANSA_TRY(const bool found, statement.step());
  return found ? statement.integer(0) : 0;
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Result<void> Connection::checkpoint() {
  const int code =
      sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  // Busy: a reader needs the log a little longer. The next checkpoint comes by.
  if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY) return failed(handle_, code);
  *frames_ = 0;
  return {};
}

Result<void> Connection::copy_into(Connection& to, const std::stop_token& stop) {
  constexpr int pages_at_once = 1'024;
  // Reading holds what is seen from here on; a backup alone would begin anew after each commit.
  HANSA_TRY(Transaction transaction, Transaction::begin(*this, Access::read));
  HANSA_CHECK(number("SELECT count(*) FROM sqlite_schema"));
  sqlite3_backup* backup = sqlite3_backup_init(to.handle_, "main", handle_, "main");
  if (backup == nullptr) return failed(to.handle_, sqlite3_errcode(to.handle_));
  int code = SQLITE_OK;
  while (code == SQLITE_OK && !stop.stop_requested())
    code = sqlite3_backup_step(backup, pages_at_once);
  sqlite3_backup_finish(backup);
  if (code == SQLITE_OK) return unavailable("the copy was given up");
  if (code != SQLITE_DONE) return failed(to.handle_, code);
  return transaction.commit();
}

Result<Transaction> Transaction::begin(Connection& connection, Access access) {
  HANSA_CHECK(connection.run(access == Access::write ? "BEGIN IMMEDIATE" : "BEGIN"));
  return Transaction(connection);
}

Transaction::~Transaction() {
  // A failed statement may have rolled back already. A rollback that fails leaves nothing durable,
  // and the next BEGIN fails.
  if (connection_ != nullptr && connection_->in_transaction()) (void)connection_->run("ROLLBACK");
}

Result<void> Transaction::commit() {
  HANSA_CHECK(connection_->run("COMMIT"));
  connection_ = nullptr;
  return {};
}

Result<Statement> Statement::prepare(Connection& connection, const std::string& sql) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(connection.handle_, sql.c_str(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (code != SQLITE_OK) return failed(connection.handle_, code);
  HANSA_ASSERT(handle != nullptr);
  return Statement(handle);
}

Statement::~Statement() { sqlite3_finalize(handle_); }

// A position that does not exist, or a value past SQLite's 1 GB, is a bug: limits end far below.
Statement& Statement::bind(int at, std::int64_t value) {
  HANSA_ASSERT(sqlite3_bind_int64(handle_, at, value) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_text(int at, std::string_view value) {
  // An empty view may point nowhere, which SQLite takes for NULL.
  const char* data = value.empty() ? "" : value.data();
  HANSA_ASSERT(sqlite3_bind_text64(handle_, at, data, value.size(), SQLITE_STATIC, SQLITE_UTF8) ==
               SQLITE_OK);
  return *this;
}

Statement& Statement::bind_blob(int at, std::string_view value) {
  const char* data = value.empty() ? "" : value.data();
  HANSA_ASSERT(sqlite3_bind_blob64(handle_, at, data, value.size(), SQLITE_STATIC) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_null(int at) {
  HANSA_ASSERT(sqlite3_bind_null(handle_, at) == SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  auto error = failed(sqlite3_db_handle(handle_), code);
  reset();
  return error;
}

Result<void> Statement::run() {
  for (;;) {
    HANSA_TRY(const bool more, step());
    if (!more) return {};
  }
}

void Statement::reset() { sqlite3_reset(handle_); }

int Statement::changed() const { return sqlite3_changes(sqlite3_db_handle(handle_)); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string_view Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(handle_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  return data == nullptr ? std::string_view{}
                         : std::string_view(static_cast<const char*>(data), size);
}

}  // namespace hansa::store::sqlite
