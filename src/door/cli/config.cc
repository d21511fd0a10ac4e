#include "door/cli/config.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "contract/yaml.h"

namespace hansa::cli {
namespace {

// A context is some 150 bytes.
constexpr std::size_t kConfigBytesMax = 1 << 20;

std::optional<std::string> variable(const Environment& env, const char* name) {
  auto value = env ? env(name) : std::nullopt;
  return value && !value->empty() ? value : std::nullopt;
}

// "https://host:80/path" -> "host:80"
std::string_view authority_of(std::string_view url) {
  url.remove_prefix(url.find("://") + 3);
  return url.substr(0, url.find('/'));
}

std::vector<std::string> names_of_contexts(const Config& config) {
  std::vector<std::string> names;
  for (const SavedContext& context : config.contexts) names.push_back(context.name);
  return names;
}

Result<const SavedContext*> find_context(const Config& config, const std::string& name) {
  if (const SavedContext* found = config.find(name)) return found;
  const auto near = suggestions(name, names_of_contexts(config), 1);
  return not_found("there is no context '" + name + "'",
                   near.empty() ? "hansa context ls shows them; hansa login makes one"
                                : "did you mean '" + near[0] + "'?");
}

}  // namespace

void describe(Fields& f, SavedContext& v) {
  f.required("name", v.name);
  f.required("url", v.url);
  f.optional("token", v.token);
}

void describe(Fields& f, Config& v) {
  f.optional("current", v.current, "the context that is used if none is named");
  f.optional("contexts", v.contexts);
}

const SavedContext* Config::find(std::string_view name) const {
  const auto found = std::ranges::find(contexts, name, &SavedContext::name);
  return found == contexts.end() ? nullptr : &*found;
}

void Config::put(SavedContext context) {
  const auto found = std::ranges::find(contexts, context.name, &SavedContext::name);
  if (found == contexts.end()) contexts.push_back(std::move(context));
  else *found = std::move(context);
}

bool Config::remove(std::string_view name) {
  if (current == name) current.clear();
  return std::erase_if(contexts,
                       [&](const SavedContext& context) { return context.name == name; }) > 0;
}

Result<std::string> config_path(const Environment& env) {
  // A relative path would depend on where one stands: the standard says to ignore it.
  if (const auto folder = variable(env, "XDG_CONFIG_HOME"); folder && folder->starts_with('/'))
    return *folder + "/hansa/config.yaml";
  if (const auto home = variable(env, "HOME")) return *home + "/.config/hansa/config.yaml";
  return not_found("there is no place for settings: neither XDG_CONFIG_HOME nor HOME is set",
                   "set HANSA_URL and HANSA_TOKEN, or HOME");
}

Result<Config> config_from_text(std::string_view text) {
  if (trim(text).empty()) return Config{};
  HANSA_TRY(const Json json, contract::parse_yaml(text));
  return from_json<Config>(json);
}

Result<Config> read_config(const std::string& path) {
  auto text = read_file(path, kConfigBytesMax);
  if (!text && text.error().code == Code::not_found) return Config{};
  if (!text) return std::unexpected(std::move(text).error());
  auto config = config_from_text(*text);
  if (!config) return in_context(path, std::move(config).error());
  return config;
}

std::string to_text(const Config& config) { return contract::to_yaml(to_json(config)); }

Result<void> write_config(const std::string& path, const Config& config) {
  HANSA_CHECK(make_folders(path.substr(0, path.rfind('/')), 0700));
  return write_file_atomically(path, to_text(config), 0600);
}

Result<Endpoint> choose_endpoint(const Chosen& flags, const Environment& env,
                                 const Config& config) {
  Endpoint out;
  // HANSA_CONTEXT yields to --url as a whole: the flag names another server.
  std::optional<std::string> name = flags.context;
  if (!name && !flags.url) name = variable(env, "HANSA_CONTEXT");
  const SavedContext* context = nullptr;
  if (name) {
    HANSA_TRY(context, find_context(config, *name));
  } else if (!config.current.empty()) {
    HANSA_TRY(context, find_context(config, config.current));
  }
  std::optional<std::string> url = flags.url;
  if (!url && !flags.context) url = variable(env, "HANSA_URL");
  if (url) {
    HANSA_TRY(out.url, canonical_url(*url));
  } else if (context) {
    HANSA_TRY(out.url, canonical_url(context->url));
  }
  const bool own = context && context->url == out.url;
  if (own) out.context = context->name;
  if (own) out.token = context->token;
  if (const auto token = variable(env, "HANSA_TOKEN"); token && !flags.context) out.token = *token;
  return out;
}

Result<std::string> canonical_url(std::string_view text) {
  const std::string_view scheme = text.starts_with("http://")    ? "http://"
                                  : text.starts_with("https://") ? "https://"
                                                                 : "";
  const auto refuse = [&](std::string_view why) {
    return invalid("'" + std::string(text) + "' is not the URL of a server: " + std::string(why),
                   "write it as https://data.example.org or http://127.0.0.1:8080");
  };
  if (scheme.empty()) return refuse("it begins with neither http:// nor https://");
  std::string url(text);
  while (url.ends_with('/') && url.size() > scheme.size()) url.pop_back();
  const std::string_view authority = authority_of(url);
  if (authority.empty() || authority.starts_with(':')) return refuse("it names no host");
  if (authority.contains('@')) return refuse("a password does not belong there");
  if (url.find_first_of("?#") != std::string::npos) return refuse("it has a query or a fragment");
  for (const char c : url)
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F || c == '\\')
      return refuse("it holds a character that no URL has");
  return url;
}

bool is_loopback(std::string_view url) {
  std::string_view host = authority_of(url);
  if (host.starts_with("[::1]")) return true;
  host = host.substr(0, host.rfind(':'));
  return host == "localhost" || host == "127.0.0.1" ||
         (host.starts_with("127.") &&
          host.find_first_not_of("0123456789.") == std::string_view::npos);
}

}  // namespace hansa::cli
