#include "main/config.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "base/scratch_test.h"

namespace hansa {
namespace {

// The rows of the table of settings, as the code knows them.
std::string table() {
  const Json schema = schema_of<Config>();
  std::string out;
  const Json defaults = to_json(Config{});
  for (const auto& [name, about] : *schema.find("properties")->as_object()) {
    const Json* value = defaults.find(name);
    const Json* says = about.find("description");
    out += fmt::format("| `{}` | {} | {} |\n", name, value ? "`" + to_text(*value) + "`" : "none",
                       says ? *says->as_string() : "");
  }
  return out;
}

TEST(Config, IsDocumentedAsItIs) {
  std::ifstream file("doc/configuration.md");
  std::string documented;
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("| `")) documented += line + "\n";
  EXPECT_EQ(table(), documented) << "doc/configuration.md must hold these lines:\n" << table();
  EXPECT_FALSE(table().contains("|  |")) << "a setting does not say what it is";
}

Error refused(const std::string& text) {
  Scratch scratch;
  EXPECT_TRUE(write_file_atomically(scratch / "config.yaml", text, 0644));
  const auto config = read_config(scratch / "config.yaml");
  return config ? Error{} : config.error();
}

TEST(Config, NamesTheLineOfWhatItDoesNotKnow) {
  const Error error = refused("workers_max: 4\nworker_max: 5\n");
  EXPECT_EQ(error.code, Code::invalid);
  EXPECT_NE(error.text.find("line 2"), std::string::npos) << error.text;
  EXPECT_NE(error.text.find("worker_max"), std::string::npos) << error.text;
}

TEST(Config, KeepsItsBounds) {
  for (const char* good : {"workers_max: 1\nworkers_warm: 1\n",
                           "workers_max: 256\n",
                           "workers_kept_max: 0\n",
                           "workers_kept_max: 1024\n",
                           "query_seconds_max: 1\n",
                           "query_seconds_max: 3600\n",
                           "query_rows_max: 1\n",
                           "query_rows_max: 10000000\n",
                           "queries_per_principal_max: 1\n",
                           "query_text_days: 0\n",
                           "query_text_days: 36500\n",
                           "worker_memory_bytes: 268435456\n",
                           "hosts: [data.example.org]\n",
                           "snapshots_kept_seconds: 0\n",
                           "snapshots_kept_seconds: 31622400\n",
                           "cursor_seconds: 1\nexpired_kept_seconds: 1\n",
                           "expired_kept_seconds: 86400\n",
                           "uploads_kept_seconds: 1\n",
                           "sweep_every_seconds: 1\n",
                           "sweep_every_seconds: 86400\n",
                           "deprecation_notice_seconds: 0\n",
                           "deprecation_notice_seconds: 31622400\n",
                           "deprecation_quiet_seconds: 0\n",
                           "deprecation_quiet_seconds: 31622400\n",
                           "access_answer_seconds: 0\n",
                           "access_answer_seconds: 31622400\n",
                           "measure_every_seconds: 1\n",
                           "measure_every_seconds: 3600\n"})
    EXPECT_EQ(refused(good).text, "") << good;
  for (const char* bad : {"workers_max: 0\nworkers_warm: 0\n",
                          "workers_max: 257\n",
                          "workers_kept_max: 1025\n",
                          "workers_warm: 9\n",
                          "query_seconds_max: 0\n",
                          "query_seconds_max: 3601\n",
                          "query_rows_max: 0\n",
                          "query_rows_max: 10000001\n",
                          "queries_per_principal_max: 0\n",
                          "query_text_days: 36501\n",
                          "worker_threads: 65\n",
                          "worker_memory_bytes: 268435455\n",
                          "hosts: data.example.org\n",
                          "workers_max: many\n",
                          "workers_max: 1\nworkers_max: 2\n",
                          "snapshots_kept_seconds: 31622401\n",
                          "cursor_seconds: 0\n",
                          "cursor_seconds: 86401\n",
                          "expired_kept_seconds: 86399\n",
                          "cursor_seconds: 9\nexpired_kept_seconds: 8\n",
                          "expired_kept_seconds: 31622401\n",
                          "uploads_kept_seconds: 0\n",
                          "uploads_kept_seconds: 31622401\n",
                          "sweep_every_seconds: 0\n",
                          "sweep_every_seconds: 86401\n",
                          "deprecation_notice_seconds: 31622401\n",
                          "deprecation_quiet_seconds: 31622401\n",
                          "access_answer_seconds: 31622401\n",
                          "measure_every_seconds: 0\n",
                          "measure_every_seconds: 3601\n"})
    EXPECT_EQ(refused(bad).code, Code::invalid) << bad;
}

TEST(Listen, IsAnAddressAndAPort) {
  EXPECT_EQ(parse_listen("localhost:0")->address, "127.0.0.1");
  EXPECT_EQ(parse_listen("[::1]:65535")->port, 65535);
  for (const char* bad : {"", ":80", "here", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1"})
    EXPECT_FALSE(parse_listen(bad)) << bad;
}

}  // namespace
}  // namespace hansa
