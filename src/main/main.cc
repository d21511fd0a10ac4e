#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "door/cli/cli.h"
#include "main/inspect.h"
#include "main/premises.h"
#include "main/seed.h"
#include "main/serve.h"
#include "main/version.h"

namespace {

using namespace hansa;

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? std::optional<std::string>(value) : std::nullopt;
}

int fail_with(const Error& error) {
  fmt::print(stderr, "error: {}\n", error.text);
  if (!error.next.empty()) fmt::print(stderr, "  {}\n", error.next);
  return 1;
}

// Threads that gather large pieces and let them go leave holes in their heaps. As many heaps as
// cores instead of eight times as many halve what a server holds after some hundred publishes.
void have_few_heaps() {
  ::mallopt(M_ARENA_MAX, static_cast<int>(std::max(2U, std::thread::hardware_concurrency())));
}

int run_server(const cli::ServeOptions& options) {
  have_few_heaps();
  Config config;
  if (options.config) {
    auto read = read_config(*options.config);
    if (!read) return fail_with(read.error());
    config = *std::move(read);
  }
  if (options.data) config.data = *options.data;
  if (options.listen) config.listen = *options.listen;
  std::string demo;
  Micros behind{};
  if (options.demo) {
    auto folder = demo_folder(environment);
    if (!folder) return fail_with(folder.error());
    demo = *std::move(folder);
    const auto ago = began_ago(demo);
    if (!ago) return fail_with(ago.error());
    behind = *ago;
    config.mail_catcher = config.mail_server.empty();
  }
  const std::int64_t started_us = steady_us();
  return serve(config, behind, [&](const Serving& serving) -> Result<void> {
    fmt::print("Hansa {}   data in {}   ready in {:.1f} s\n  {}\n", kVersion, serving.data,
               static_cast<double>(steady_us() - started_us) / 1e6, serving.url);
    if (serving.first_start && demo.empty())
      fmt::print(
          "An administrator was made. Sign in:\n  hansa login --url {} --token < "
          "{}/secrets/admin.token\n",
          serving.url, serving.data);
    std::fflush(stdout);
    if (demo.empty()) return {};
    return seed(demo, serving, environment);
  });
}

}  // namespace

int main(int argc, char** argv) {
  return cli::run(argc, argv,
                  {.version = kVersion,
                   .env = environment,
                   .serve = run_server,
                   .inspect = inspect_files,
                   .examine = examine_folder,
                   .console = nullptr});
}
