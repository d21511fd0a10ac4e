// Why a verb did not do what it was asked, and the exit code that says so.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "api/problem.h"
#include "base/result.h"

namespace hansa::cli {

struct Failure {
  Error error;
  api::Exit exit = api::Exit::failed;
  std::string code;        // as the server spelt it; empty: that of `error`
  std::string request_id;  // of the server's answer, if it was the server that refused

  // NOLINTNEXTLINE(google-explicit-constructor): HANSA_TRY hands an Error upward.
  Failure(Error from) : error(std::move(from)) {}
  Failure(Error from, api::Exit with) : error(std::move(from)), exit(with) {}
};

template <class T>
using Outcome = std::expected<T, Failure>;
using Done = Outcome<api::Exit>;

// The command line itself is wrong: exit code 64.
[[nodiscard]] inline std::unexpected<Failure> usage(std::string text, std::string next = {}) {
  return std::unexpected(
      Failure(Error{Code::invalid, std::move(text), std::move(next)}, api::Exit::usage));
}

}  // namespace hansa::cli
