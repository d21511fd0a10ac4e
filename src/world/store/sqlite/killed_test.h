// A program that is killed while it works on a store: another run of this test's own, which tells
// what it has done through a pipe.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "base/time.h"

extern char** environ;

namespace hansa::store {

inline std::string setting(std::string_view name) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (text.starts_with(name) && text.substr(name.size()).starts_with('='))
      return std::string(text.substr(name.size() + 1));
  }
  return {};
}

// How often: what this setting says, or `otherwise`.
inline int kills(std::string_view name, int otherwise) {
  const auto wanted = parse_int(setting(name));
  return wanted && *wanted > 0 ? static_cast<int>(*wanted) : otherwise;
}

// One line in one write: below PIPE_BUF the kernel never mixes two.
inline void tell(const std::string& line) {
  EXPECT_EQ(::write(1, line.data(), line.size()), static_cast<ssize_t>(line.size()));
}

struct Child {
  pid_t process = 0;
  File told;
};

// Starts the disabled `test` of this program, which tells "ready" and goes on until it is killed.
inline Child start(const std::string& test, const std::string& folder, int run,
                   bool breaks_promises) {
  std::vector<std::string> words{"store-kill", "--gtest_filter=" + test,
                                 "--gtest_also_run_disabled_tests", "--gtest_brief=1"};
  std::vector<std::string> settings{
      "HANSA_TEST_FOLDER=" + folder, "HANSA_TEST_RUN=" + std::to_string(run),
      breaks_promises ? "HANSA_TEST_BREAKS=yes" : "HANSA_TEST_BREAKS=no"};
  std::vector<char*> argv, envp;
  for (std::string& word : words) argv.push_back(word.data());
  for (std::string& one : settings) envp.push_back(one.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const File write_end(ends[1]);
  Child child{.told = File(ends[0])};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, write_end.descriptor(), 1);
  EXPECT_EQ(
      ::posix_spawn(&child.process, "/proc/self/exe", &actions, nullptr, argv.data(), envp.data()),
      0);
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

// Reads what the child tells, kills it `after` its first word, and reads the rest out of the pipe.
inline void watch_and_kill(Child child, Micros after, std::string& text) {
  std::jthread killer;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(child.told.descriptor(), buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
    if (!killer.joinable() && text.find("ready\n") != std::string::npos)
      killer = std::jthread([&] {
        std::this_thread::sleep_for(after);
        ::kill(child.process, SIGKILL);
      });
  }
  if (killer.joinable()) killer.join();
  int status = 0;
  ASSERT_EQ(::waitpid(child.process, &status, 0), child.process);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << text;
}

}  // namespace hansa::store
