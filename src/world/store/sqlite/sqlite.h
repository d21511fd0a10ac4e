// SQLite behind three small types; sqlite.cc alone sees its header.
//
// A connection and its statements belong to one thread at a time (the library is built without its
// own locks). Errors of all: exhausted: the disk or memory is full; corrupt; unavailable:
// everything else. Their text says what SQLite calls it; details go to the log.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace hansa::store::sqlite {

enum class Access { read, write };

class Connection {
 public:
  // The file must exist (it may be empty). Errors: unavailable too if the library has the WAL-reset
  // bug.
  static Result<Connection> open(const std::string& path, Access access);
  Connection(Connection&& other) noexcept
      : handle_(std::exchange(other.handle_, nullptr)), frames_(std::move(other.frames_)) {}
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  // Statements that answer nothing, or whose answer nobody needs.
  Result<void> run(const std::string& sql);
  // The first column of the first row; 0 if there is no row.
  Result<std::int64_t> number(const std::string& sql);
  bool in_transaction() const;
  // Copies what it can from the log into the database, waiting for nobody.
  Result<void> checkpoint();
  // All of it, as one transaction sees it, into `to`, which is empty. Errors: unavailable too if
  // `stop` was requested.
  Result<void> copy_into(Connection& to, const std::stop_token& stop);
  // Frames in the log after the last commit of this connection.
  std::int64_t frames() const { return *frames_; }

 private:
  friend class Statement;
  explicit Connection(sqlite3* handle);
  sqlite3* handle_;
  std::unique_ptr<std::int64_t> frames_;  // the library holds its address
};

// Rolls back unless committed.
class Transaction {
 public:
  // One that writes takes the write lock at once.
  static Result<Transaction> begin(Connection& connection, Access access);
  Transaction(Transaction&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  // Durable on return. Errors: exhausted: nothing was written; any other: the outcome is unknown.
  Result<void> commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

// A prepared statement. What is bound must live until the statement is stepped to its end or reset.
class Statement {
 public:
  static Result<Statement> prepare(Connection& connection, const std::string& sql);
  Statement(Statement&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // Positions count from 1.
  Statement& bind(int at, std::int64_t value);
  Statement& bind_text(int at, std::string_view value);
  Statement& bind_blob(int at, std::string_view value);
  Statement& bind_null(int at);

  // True: a row is ready. False: the end; the statement can be bound and run again.
  Result<bool> step();
  // Runs to its end.
  Result<void> run();
  void reset();
  // Rows that the last statement of this connection changed.
  int changed() const;

  // Columns count from 0. Views hold until the next step or reset.
  std::int64_t integer(int column) const;
  std::string_view bytes(int column) const;

 private:
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  sqlite3_stmt* handle_;
};

}  // namespace hansa::store::sqlite
