#include "main/seed.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <map>

#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "door/cli/config.h"

namespace hansa {
namespace {

std::string self_path() {
  char buffer[PATH_MAX];
  const ssize_t length = ::readlink("/proc/self/exe", buffer, sizeof buffer);
  return std::string(buffer, length > 0 ? static_cast<std::size_t>(length) : 0);
}

struct Outcome {
  int status = 0;
  std::string output;  // both streams
};

std::string read_to_end(const File& from) {
  std::string out;
  char buffer[4096];
  for (ssize_t got; (got = ::read(from.descriptor(), buffer, sizeof buffer)) != 0;) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    out.append(buffer, static_cast<std::size_t>(got));
  }
  return out;
}

// This program as a client, in `folder`, seeing only what it is given.
Result<Outcome> run_client(const std::string& folder, const std::string& url,
                           const std::string& token, std::vector<std::string> words) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return system_error("making a pipe", errno);
  File reading{ends[0]};
  File writing{ends[1]};
  words.insert(words.begin(), "hansa");
  std::vector<std::string> variables{"HANSA_URL=" + url, "HANSA_TOKEN=" + token, "NO_COLOR=1",
                                     "PATH=/usr/bin:/bin", "HOME=" + folder};
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
  };
  auto arguments = pointers(words);
  auto environment = pointers(variables);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, writing.descriptor(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, writing.descriptor(), STDERR_FILENO);
  // The server waits for its signals with all of them blocked; a client must end by one.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, self_path().c_str(), &actions, &attributes,
                                   arguments.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return system_error("starting a client", failed);
  writing.close();
  Outcome outcome;
  outcome.output = read_to_end(reading);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return outcome;
}

// `data/*.parquet` becomes the files, in order; a pattern without one stays as it is and fails
// where it is used.
std::vector<std::string> expanded(const std::string& folder,
                                  const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (const std::string& word : words) {
    glob_t found{};
    const std::string pattern = folder + "/" + word;
    if (!word.contains('*') || ::glob(pattern.c_str(), 0, nullptr, &found) != 0) {
      out.push_back(word);
    } else {
      for (std::size_t i = 0; i < found.gl_pathc; ++i)
        out.emplace_back(std::string_view(found.gl_pathv[i]).substr(folder.size() + 1));
    }
    ::globfree(&found);
  }
  return out;
}

struct Contexts {
  std::vector<cli::SavedContext> contexts;
};
void describe(Fields& f, Contexts& v) { f.required("contexts", v.contexts); }

Result<std::string> calls_of(const std::string& folder) {
  return read_file(folder + "/calls", limits::body_bytes_max);
}

// `clock 28d ago`, `clock now`.
Result<Micros> ago_of(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[1] == "now") return Micros{};
  if (words.size() == 3 && words[2] == "ago") return parse_duration(words[1]);
  return invalid("the clock is set by `clock 28d ago` or `clock now`");
}

class Seed {
 public:
  Seed(std::string folder, const Serving& serving)
      : folder_(std::move(folder)), serving_(serving) {}

  Result<void> run() {
    HANSA_TRY(const std::string admin, read_file(serving_.data + "/secrets/admin.token", 4096));
    tokens_["admin"] = trim(admin);
    HANSA_TRY(const std::string calls, calls_of(folder_));
    std::size_t number = 0;
    for (const std::string_view line : split(calls, '\n')) {
      ++number;
      if (auto done = call(trim(line)); !done) {
        Error error = in_context(fmt::format("calls, line {}", number), done.error()).error();
        error.next = "the demo is loaded in part: stop the server, delete " + serving_.data +
                     " and start again";
        return std::unexpected(std::move(error));
      }
    }
    return {};
  }
  const std::vector<cli::SavedContext>& contexts() const { return contexts_.contexts; }
  const std::string& says() const { return says_; }

 private:
  Result<void> call(const std::string& line) {
    if (line.empty() || line.starts_with('#')) return {};
    if (line == "say" || line.starts_with("say ")) {
      says_ += line == "say" ? "\n" : "  " + line.substr(4) + "\n";
      return {};
    }
    HANSA_TRY(const auto words, words_of(line));
    if (words.front() == "context" && words.size() == 3) {
      HANSA_TRY(const std::string token, token_of(words[2]));
      contexts_.contexts.push_back({.name = words[1], .url = serving_.url, .token = token});
      return {};
    }
    if (words.front() == "clock") {
      HANSA_TRY(const Micros ago, ago_of(words));
      return serving_.clock.set_behind(ago);
    }
    if (!words.front().ends_with(':'))
      return invalid("a call begins with who makes it: `ada: publish ...`");
    HANSA_TRY(const std::string token, token_of(words.front().substr(0, words.front().size() - 1)));
    return run_as(token, {words.begin() + 1, words.end()}, nullptr);
  }
  Result<void> run_as(const std::string& token, const std::vector<std::string>& words,
                      std::string* output) {
    HANSA_TRY(const Outcome outcome,
              run_client(folder_, serving_.url, token, expanded(folder_, words)));
    if (outcome.status != 0)
      return invalid(fmt::format("hansa {} failed: {}", join(words, " "), trim(outcome.output)));
    if (output != nullptr) *output = outcome.output;
    return {};
  }
  Result<std::string> token_of(const std::string& who) {
    if (const auto known = tokens_.find(who); known != tokens_.end()) return known->second;
    std::string output;
    HANSA_CHECK(run_as(tokens_["admin"],
                       {"admin", "token", "create", who, "--label", "demo", "-o", "json"},
                       &output));
    HANSA_TRY(const Json json, parse_json(output));
    const Json* token = json.find("token");
    if (token == nullptr || !token->is_string())
      return invalid(fmt::format("no token was made for {}", who));
    return tokens_[who] = *token->as_string();
  }

  std::string folder_;
  const Serving& serving_;
  std::map<std::string, std::string> tokens_;
  Contexts contexts_;
  std::string says_;
};

// The contexts live beside the other secrets, so that a later start, on another port, can hand them
// out again.
Result<Contexts> saved_contexts(const std::string& path) {
  HANSA_TRY(const std::string text, read_file(path, limits::body_bytes_max));
  HANSA_TRY(const Json json, parse_json(text));
  return from_json<Contexts>(json);
}

Result<void> hand_out(const Contexts& contexts, const Serving& serving,
                      const Environment& environment) {
  HANSA_TRY(const std::string path, cli::config_path(environment));
  HANSA_TRY(cli::Config config, cli::read_config(path));
  for (cli::SavedContext context : contexts.contexts) {
    context.url = serving.url;
    config.put(std::move(context));
  }
  if (!contexts.contexts.empty()) config.current = contexts.contexts.front().name;
  return cli::write_config(path, config);
}

}  // namespace

Result<std::string> demo_folder(const Environment& environment) {
  const std::string self = self_path();
  const std::string folder =
      environment("HANSA_DEMO").value_or(self.substr(0, self.find_last_of('/') + 1) + "demo");
  if (::access((folder + "/calls").c_str(), R_OK) == 0) return folder;
  return not_found("there is no demo beside this program",
                   "make it with ./dev demo, or name its folder in HANSA_DEMO");
}

Result<std::vector<std::string>> words_of(std::string_view line) {
  std::vector<std::string> words;
  bool open = false;
  char quote = 0;
  for (const char c : line) {
    if (quote != 0) {
      if (c == quote) quote = 0;
      else words.back() += c;
    } else if (c == ' ' || c == '\t') {
      open = false;
    } else {
      if (!std::exchange(open, true)) words.emplace_back();
      if (c == '"' || c == '\'') quote = c;
      else words.back() += c;
    }
  }
  if (quote != 0) return invalid("a quote is not closed");
  if (words.empty()) return invalid("an empty call");
  return words;
}

Result<Micros> began_ago(const std::string& folder) {
  HANSA_TRY(const std::string calls, calls_of(folder));
  for (const std::string_view line : split(calls, '\n')) {
    const std::string call = trim(line);
    if (call.empty() || call.starts_with('#')) continue;
    HANSA_TRY(const auto words, words_of(call));
    return words.front() == "clock" ? ago_of(words) : Result<Micros>(Micros{});
  }
  return Micros{};
}

Result<void> seed(const std::string& folder, const Serving& serving,
                  const Environment& environment) {
  const std::string path = serving.data + "/secrets/contexts.json";
  std::string says;
  if (serving.first_start) {
    Seed seed(folder, serving);
    HANSA_CHECK(seed.run());
    says = seed.says();
    HANSA_CHECK(
        write_file_atomically(path, to_text(to_json(Contexts{seed.contexts()})) + "\n", 0600));
    HANSA_CHECK(write_file_atomically(serving.data + "/secrets/says.txt", says, 0600));
  } else {
    says = read_file(serving.data + "/secrets/says.txt", limits::text_bytes_max).value_or("");
  }
  auto contexts = saved_contexts(path);
  if (!contexts && contexts.error().code == Code::not_found) return {};
  if (!contexts) return std::unexpected(contexts.error());
  if (auto done = hand_out(*contexts, serving, environment); !done)
    fmt::print(stderr,
               "warning: no contexts for the command line: {}\n  export HANSA_URL={} and "
               "HANSA_TOKEN from {}\n",
               done.error().text, serving.url, path);
  fmt::print("{}", says);
  std::fflush(stdout);
  return {};
}

}  // namespace hansa
