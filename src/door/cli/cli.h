// The command line: a door seen from outside. It knows the routes of api/ and the URL of a server,
// nothing of what stands behind them. main/ hands in what a door may not have: the server itself,
// the environment, and a way to read Parquet footers in a sealed worker.
//
//   int main(int argc, char** argv) {
//     return hansa::cli::run(argc, argv, {
//         .version = HANSA_VERSION,
//         .env = [](const char* name) -> std::optional<std::string> { ... getenv ... },
//         .serve = [](const cli::ServeOptions& options) { return serve(options); },
//         .inspect = [](const auto& paths, const auto& text) -> Result<std::vector<cli::Footer>> {
//           // an Engine, one lease, ClosedPlan::inspect of the paths with label = path
//         }});
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/doctor.h"
#include "base/result.h"
#include "door/cli/config.h"
#include "door/cli/console.h"
#include "model/dialect.h"
#include "model/schema.h"

namespace hansa::cli {

// As given; what is absent is main's default.
struct ServeOptions {
  std::optional<std::string> data;
  std::optional<std::string> listen;
  std::optional<std::string> config;
  bool demo = false;
};

// Of one local Parquet file, or what is inferred from a text file.
struct Footer {
  std::string path;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  Schema schema;
  std::uint64_t rejected = 0;  // of text: records that nobody can read, whatever the types
  std::string first_reject = {};
};

struct Tools {
  std::string version;
  Environment env;
  // Runs until it is told to stop, and gives the exit code. No signal is caught before it is
  // called.
  std::function<int(const ServeOptions&)> serve;
  // One footer a path, in their order; with `text` they are text files, spelt like that. Errors:
  // corrupt or invalid, naming the file.
  std::function<Result<std::vector<Footer>>(const std::vector<std::string>& paths,
                                            const std::optional<Dialect>& text)>
      inspect;
  // A data directory that no server has open. Errors: not_found; conflict: one has.
  std::function<Result<api::Diagnosis>(const std::string& data)> examine;
  Console* console = nullptr;  // null: the process's own
};

// Everything from the arguments to the exit code (api/problem.h).
int run(int argc, const char* const* argv, const Tools& tools);

}  // namespace hansa::cli
