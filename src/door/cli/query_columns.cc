#include "door/cli/query_columns.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/digest.h"
#include "base/text.h"
#include "door/cli/sql.h"

namespace hansa::cli {
namespace {

namespace fs = std::filesystem;

// A file of this run alone.
struct Passing {
  std::string path =
      (fs::temp_directory_path() / fmt::format("hansa-{}.parquet", to_hex(random_bytes(8))))
          .string();
  ~Passing() {
    std::error_code ignored;
    fs::remove(path, ignored);
  }
};

// A SELECT of no table with these columns, and no row.
Outcome<std::string> shape_of(const Json& described) {
  std::string out;
  const Json* rows = described.find("rows");
  if (rows != nullptr && rows->as_array() != nullptr)
    for (const Json& row : *rows->as_array())
      if (const auto* cells = row.as_array(); cells != nullptr && cells->size() >= 2) {
        const auto* name = (*cells)[0].as_string();
        const auto* type = (*cells)[1].as_string();
        if (name != nullptr && type != nullptr)
          out += fmt::format("{}cast(null as {}) as {}", out.empty() ? "select " : ", ", *type,
                             sql_identifier(*name));
      }
  if (out.empty())
    return std::unexpected(Failure(Error{Code::corrupt, "the server did not say its columns",
                                         "check its version: hansa version"}));
  return out + " where false";
}

}  // namespace

Outcome<Schema> columns_of(Session& session, const std::string& sql) {
  if (!session.tools().inspect)
    return std::unexpected(Failure(Error{Code::unavailable, "this program cannot read files", {}}));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json described, client->wait(api::run_query, {.sql = "describe " + sql}));
  HANSA_TRY(const std::string shape, shape_of(described));
  const Passing passing;
  {
    HANSA_TRY(Destination out, Destination::open(session.console(), passing.path));
    HANSA_CHECK(run_query(session, *client, {.sql = shape, .format = "parquet"}, out));
  }
  HANSA_TRY(const auto footers, session.tools().inspect({passing.path}, {}));
  if (footers.size() != 1)
    return std::unexpected(Failure(Error{Code::internal, "the footer was not read", {}}));
  return footers.front().schema;
}

}  // namespace hansa::cli
