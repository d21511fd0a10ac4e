#include "worker/duckdb_stream.h"

#include <cstdint>
#include <exception>
#include <memory>
#include <type_traits>

// duckdb_query is Connection::Query, then DuckDBTranslateResult; here SendQuery stands in the place
// of Query. No registry of this project has the C++ headers of the version that is linked, so what
// is used of them is declared here. The library is pinned by its hash, and
// world/engine/statements_test fails with one to which this does not fit. Hidden, so that nothing
// of it stands in for the library's.
#pragma GCC visibility push(hidden)
namespace duckdb {

class QueryResult;

// Never owns anything past a call: what would destroy a result is the library's own.
template <class T, class Deleter, bool kSafe>
class unique_ptr {  // NOLINT(readability-identifier-naming)
 public:
  unique_ptr(unique_ptr&& other) noexcept : held_(other.held_) { other.held_ = nullptr; }
  unique_ptr(const unique_ptr&) = delete;
  unique_ptr& operator=(const unique_ptr&) = delete;
  unique_ptr& operator=(unique_ptr&&) = delete;
  ~unique_ptr() {}  // NOLINT(modernize-use-equals-default): not trivial, as in the library

 private:
  T* held_;
};

using Result = unique_ptr<QueryResult, std::default_delete<QueryResult>, true>;
static_assert(sizeof(Result) == sizeof(void*) && !std::is_trivially_copyable_v<Result>);

struct QueryParameters {
  std::uint8_t output_type = 1;  // may be a stream
  std::uint8_t memory_type = 0;
};

#pragma GCC visibility push(default)
class Connection {
 public:
  Result SendQuery(const std::string& query, QueryParameters parameters);
};
duckdb_state DuckDBTranslateResult(Result result, duckdb_result* out);
#pragma GCC visibility pop

}  // namespace duckdb
#pragma GCC visibility pop

namespace hansa::worker {

duckdb_state stream_query(duckdb_connection connection, const std::string& sql,
                          duckdb_result& result) {
  try {
    return duckdb::DuckDBTranslateResult(
        reinterpret_cast<duckdb::Connection*>(connection)->SendQuery(sql, {}), &result);
  } catch (const std::exception&) {
    return DuckDBError;  // without a result: the caller takes that for an engine that gave up
  }
}

}  // namespace hansa::worker
