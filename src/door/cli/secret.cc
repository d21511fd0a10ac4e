#include "door/cli/secret.h"

#include "base/text.h"

namespace hansa::cli {
namespace {

constexpr std::size_t kSecretBytesMax = 4'096;

}  // namespace

Outcome<std::string> read_secret(Session& session, std::string_view what) {
  Console& console = session.console();
  if (console.in_is_terminal()) {
    if (session.settings().ci)
      return usage("there is nobody to ask for the " + std::string(what),
                   "send it into standard input");
    HANSA_TRY(std::string secret, console.ask(std::string(what) + ": ", true));
    return secret;
  }
  HANSA_TRY(const std::string text, console.read_all(kSecretBytesMax));
  std::string secret = trim(text);
  if (secret.empty())
    return usage("standard input holds no " + std::string(what),
                 "send it in, for example from a file: hansa ... < FILE");
  return secret;
}

}  // namespace hansa::cli
