// What the command line remembers: servers and their tokens, by name.
//
//   current: analyst
//   contexts:
//     - {name: analyst, url: "http://127.0.0.1:8080", token: "..."}
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/result.h"

namespace hansa::cli {

// Reads a variable of the environment; only main may look there itself.
using Environment = std::function<std::optional<std::string>(const char* name)>;

struct SavedContext {
  std::string name;
  std::string url;
  std::string token;  // absent after a logout
  friend bool operator==(const SavedContext&, const SavedContext&) = default;
};
void describe(Fields& f, SavedContext& v);

struct Config {
  std::string current;
  std::vector<SavedContext> contexts;
  friend bool operator==(const Config&, const Config&) = default;

  const SavedContext* find(std::string_view name) const;
  // Adds it, or replaces the one of its name.
  void put(SavedContext context);
  bool remove(std::string_view name);
};
void describe(Fields& f, Config& v);

// $XDG_CONFIG_HOME/hansa/config.yaml, else $HOME/.config/hansa/config.yaml. Errors: not_found if
// neither variable is set.
Result<std::string> config_path(const Environment& env);

// An absent file is an empty Config. Errors: invalid, with line and column; denied; unavailable.
Result<Config> read_config(const std::string& path);
Result<Config> config_from_text(std::string_view text);
std::string to_text(const Config& config);

// Readable by its owner only, and never half written. Errors: denied; exhausted; unavailable.
Result<void> write_config(const std::string& path, const Config& config);

// Which server is asked, and as whom. A flag wins over the environment, the environment over the
// file.
struct Endpoint {
  std::string context;  // of the file; empty: none was used
  std::string url;      // without a slash at its end; empty: none is known
  std::string token;    // empty: a stranger
};
struct Chosen {
  std::optional<std::string> context;
  std::optional<std::string> url;
};
// A token of the file goes only to the server it was made for: with another URL it stays at home.
// Errors: invalid; not_found: no such context.
Result<Endpoint> choose_endpoint(const Chosen& flags, const Environment& env, const Config& config);

// Errors: invalid if it is not http:// or https:// with a host, or holds a password, a query or a
// fragment.
Result<std::string> canonical_url(std::string_view text);
// The host is this machine.
bool is_loopback(std::string_view url);

}  // namespace hansa::cli
