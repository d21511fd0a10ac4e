#include "door/cli/version_words.h"

#include <fmt/format.h>

#include "base/text.h"

namespace hansa::cli {

Named named(const Words& words) {
  const std::string text = words.text("PORT");
  const auto slash = text.find('/');
  if (slash == std::string::npos) return {text, ""};
  return {text.substr(0, slash), text.substr(slash + 1)};
}

Outcome<std::vector<api::RenamedView>> renamed(const Words& words) {
  std::vector<api::RenamedView> out;
  for (const std::string& list : words.all("map"))
    for (const std::string_view pair : split(list, ',')) {
      const auto equals = pair.find('=');
      if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size())
        return usage(fmt::format("--map takes old=new, and not '{}'", pair),
                     "--map listener_id=listener,plays_legacy=plays");
      out.push_back({trim(pair.substr(0, equals)), trim(pair.substr(equals + 1))});
    }
  return out;
}

}  // namespace hansa::cli
