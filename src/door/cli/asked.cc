#include "door/cli/asked.h"

namespace hansa::cli {

Outcome<std::pair<std::string, std::string>> two_parts(const std::string& name,
                                                       std::string_view form) {
  const auto slash = name.find('/');
  if (slash == 0 || slash == std::string::npos || slash + 1 == name.size() ||
      name.find('/', slash + 1) != std::string::npos)
    return usage("'" + name + "' is not " + std::string(form),
                 "for example: hansa get " + std::string(form == "DOMAIN/PRODUCT"
                                                             ? "products shows/catalogue"
                                                             : "ports shows/episodes"));
  return std::pair(name.substr(0, slash), name.substr(slash + 1));
}

Outcome<std::optional<Time>> since_of(Session& session, const Words& words) {
  if (!words.has("since")) return std::optional<Time>{};
  const Time now = session.now();
  const auto time = parse_moment(words.text("since"), now);
  if (!time) return usage("--since: " + time.error().text, time.error().next);
  return *time > now ? now - (*time - now) : *time;
}

}  // namespace hansa::cli
