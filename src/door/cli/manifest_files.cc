#include "door/cli/manifest_files.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "base/text.h"

namespace hansa::cli {
namespace {

namespace fs = std::filesystem;

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

// Sorted, so that messages and plans come in the same order everywhere.
Result<std::set<std::string>> yaml_below(const std::string& folder) {
  std::set<std::string> found;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied,
                                         error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const bool is_folder = entry->is_directory(error);
    if (is_folder && (name.starts_with('.') || name == "node_modules"))
      entry.disable_recursion_pending();
    if (!is_folder && !name.starts_with('.') && is_yaml(entry->path()))
      found.insert(entry->path().lexically_normal().string());
  }
  if (error) return unavailable("the folder '" + folder + "' cannot be read: " + error.message());
  return found;
}

std::string_view value_after(std::string_view line, std::string_view key) {
  if (!line.starts_with(key)) return {};
  line.remove_prefix(key.size());
  while (line.starts_with(' ') || line.starts_with('"') || line.starts_with('\''))
    line.remove_prefix(1);
  return line;
}

class Reader {
 public:
  explicit Reader(Session& session) : session_(session) {}

  Outcome<void> add(const std::string& path) {
    if (path == "-") {
      HANSA_TRY(std::string text, session_.console().read_all(limits::body_bytes_max));
      return take("standard input", std::move(text));
    }
    std::error_code error;
    if (!fs::is_directory(path, error)) return add_file(path, false);
    HANSA_TRY(const auto files, yaml_below(path));
    for (const std::string& file : files) HANSA_CHECK(add_file(file, true));
    return {};
  }

  std::vector<contract::SourceFile> finish() {
    if (passed_over_ > 0)
      session_.say("passed over " + counted(passed_over_, "YAML file") +
                   " that is no manifest of ours");
    return std::move(files_);
  }

 private:
  Outcome<void> add_file(const std::string& path, bool only_manifests) {
    if (!seen_.insert(fs::path(path).lexically_normal().string()).second) return {};
    auto text = read_file(path, limits::body_bytes_max);
    if (!text) return std::unexpected(Failure(std::move(text).error()));
    if (only_manifests && !looks_like_manifest(path, *text)) {
      ++passed_over_;
      return {};
    }
    return take(path, *std::move(text));
  }

  Outcome<void> take(std::string name, std::string text) {
    bytes_ += text.size();
    if (bytes_ > limits::body_bytes_max)
      return std::unexpected(Failure(Error{
          Code::exhausted, "these manifests are more than " + human_bytes(limits::body_bytes_max),
          "apply them folder by folder"}));
    files_.push_back({.name = std::move(name), .text = std::move(text)});
    return {};
  }

  Session& session_;
  std::vector<contract::SourceFile> files_;
  std::set<std::string> seen_;
  std::size_t bytes_ = 0;
  std::size_t passed_over_ = 0;
};

}  // namespace

bool looks_like_manifest(std::string_view file_name, std::string_view text) {
  const std::string stem = fs::path(file_name).stem().string();
  if (stem.ends_with(".odps") || stem.ends_with(".odcs")) return true;
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view kind = value_after(line, "kind:");
    if (kind.starts_with("DataProduct") || kind.starts_with("DataContract")) return true;
    if (value_after(line, "apiVersion:").starts_with("hansa/")) return true;
  }
  return false;
}

Outcome<std::vector<contract::SourceFile>> read_manifest_files(
    Session& session, const std::vector<std::string>& paths) {
  Reader reader(session);
  for (const std::string& path : paths) HANSA_CHECK(reader.add(path));
  if (paths.empty()) HANSA_CHECK(reader.add("."));
  auto files = reader.finish();
  if (files.empty())
    return usage("there is no manifest here",
                 "hansa init DIR writes a first one; -f PATH names others");
  return files;
}

}  // namespace hansa::cli
