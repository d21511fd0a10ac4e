// Results and errors. Operating errors are returned as values from a short list of codes, because a
// caller can do about ten different things; bugs are asserted and end the process.
#pragma once

#include <cstdint>
#include <expected>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace hansa {

enum class Code {
  invalid,       // The input is wrong; the same call can never succeed.
  not_found,     // No such thing, or none that the caller may know of.
  denied,        // The caller may know it exists and may not do this.
  conflict,      // The state moved on: look again and redo.
  blocked,       // A rule protects others from it: no repeating helps, another way may.
  exhausted,     // A limit was reached: wait, or ask for less.
  unavailable,   // Something this depends on does not answer; the outcome may be unknown.
  corrupt,       // Stored or received bytes contradict themselves.
  check_failed,  // Data is not as its contract demands.
  internal,      // A bug of ours that did not have to end the process.
};

// "invalid", "not_found", ...: stable, part of the HTTP and command line interface.
std::string_view name_of(Code code);

// What happened, and where, in `text`; what to do about it in `next` (may be empty: then nothing
// helps). Both are shown to the caller as they stand: no secret, host path or hidden name belongs
// in them.
struct Error {
  Code code = Code::internal;
  std::string text;
  std::string next;
  std::uint32_t wait_s = 0;  // of exhausted: when to come back, if that is known
  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Code code, std::string text,
                                                 std::string next = {}) {
  return std::unexpected(Error{code, std::move(text), std::move(next)});
}
[[nodiscard]] inline auto invalid(std::string text, std::string next = {}) {
  return fail(Code::invalid, std::move(text), std::move(next));
}
[[nodiscard]] inline auto not_found(std::string text, std::string next = {}) {
  return fail(Code::not_found, std::move(text), std::move(next));
}
[[nodiscard]] inline auto denied(std::string text, std::string next = {}) {
  return fail(Code::denied, std::move(text), std::move(next));
}
[[nodiscard]] inline auto conflict(std::string text, std::string next = {}) {
  return fail(Code::conflict, std::move(text), std::move(next));
}
[[nodiscard]] inline auto blocked(std::string text, std::string next = {}) {
  return fail(Code::blocked, std::move(text), std::move(next));
}
[[nodiscard]] inline auto exhausted(std::string text, std::string next = {}) {
  return fail(Code::exhausted, std::move(text), std::move(next));
}
[[nodiscard]] inline auto unavailable(std::string text, std::string next = {}) {
  return fail(Code::unavailable, std::move(text), std::move(next));
}
[[nodiscard]] inline auto corrupt(std::string text, std::string next = {}) {
  return fail(Code::corrupt, std::move(text), std::move(next));
}

// Adds, in front, what only the higher floor knows: "publishing shows/episodes: disk is full".
[[nodiscard]] std::unexpected<Error> in_context(std::string_view context, Error error);

// Ends the process: the state can no longer be trusted.
[[noreturn]] void assertion_failed(const char* expression, std::source_location where);

}  // namespace hansa

#define HANSA_CONCAT_(a, b) a##b
#define HANSA_CONCAT(a, b) HANSA_CONCAT_(a, b)

// HANSA_TRY(const Seq seq, commit(...)) binds the value or returns the error upward.
#define HANSA_TRY(declaration, ...) \
  HANSA_TRY_(HANSA_CONCAT(hansa_try_, __LINE__), declaration, __VA_ARGS__)
#define HANSA_TRY_(name, declaration, ...)                    \
  auto name = (__VA_ARGS__);                                  \
  if (!name) return std::unexpected(std::move(name).error()); \
  declaration = *std::move(name)

// HANSA_CHECK(step()) does the same for a Result<void>.
#define HANSA_CHECK(...)                                       \
  do {                                                         \
    if (auto hansa_check_ = (__VA_ARGS__); !hansa_check_)      \
      return std::unexpected(std::move(hansa_check_).error()); \
  } while (false)

// A fact that no user can make false. Always on.
#define HANSA_ASSERT(expression) \
  ((expression) ? void() : ::hansa::assertion_failed(#expression, std::source_location::current()))
