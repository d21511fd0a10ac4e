// Reading DuckDB's serialised plans: the scans in it, the files they open and the columns they
// take.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hansa::worker {

struct Scan {
  std::string function;                // "read_parquet", "seq_scan", "range", ...
  std::vector<std::string> names;      // its columns
  std::vector<std::uint64_t> indexes;  // those it takes; numbers past the names are virtual columns
  std::vector<std::string> files;
};

// Every LOGICAL_GET of the text, at any depth and without recursion. An output that is an error has
// none.
std::vector<Scan> scans_of(std::string_view plan_json);

// Every BASE_TABLE of a parse tree that is written with a schema: where its name stands.
struct WrittenTable {
  std::string catalog, schema, name;
  std::size_t location = 0;
};
std::vector<WrittenTable> tables_of(std::string_view tree_json);

}  // namespace hansa::worker
