// Rows of an answer in the form that was asked for, as they arrive.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "door/cli/session.h"

namespace hansa::cli {

// Where rows go: standard output, a pager, or a file that appears once it is whole.
class Destination {
 public:
  // Standard output if `path` is empty.
  static Result<Destination> open(Console& console, const std::string& path);
  // A command of the person's own, its words parted by spaces. Errors: unavailable: it does not
  // start.
  static Result<Destination> pager(Console& console, const std::string& command);
  Destination(Destination&&) = default;
  ~Destination();

  bool is_terminal() const { return path_.empty() && console_.out_is_terminal(); }
  Result<void> write(std::string_view bytes);
  // Waits for the pager.
  Result<void> finish();

 private:
  // Waited for when it goes.
  struct Child {
    Child() = default;
    Child(Child&& other) noexcept : id(std::exchange(other.id, 0)) {}
    ~Child();
    int id = 0;
  };
  Destination(Console& console, std::string path) : console_(console), path_(std::move(path)) {}
  Console& console_;
  std::string path_;
  Child pager_;
  File file_;  // goes first: the pager sees the end
};

// The JSON of api/query.h as a table, JSON or YAML, as the settings say.
Done print_rows(Session& session, Client& client, Call call, std::string_view address,
                Destination& out);
// CSV and Parquet pass as the worker encoded them.
Done pass_rows(Session& session, Client& client, Call call, std::string_view address,
               Destination& out);

}  // namespace hansa::cli
