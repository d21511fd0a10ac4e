// A worker's own folder: in/ holds the files of its current plan, spill/ what DuckDB cannot keep in memory.
// A sealed worker can never be shown another folder, so files come to it.
//
// A file is hard-linked in, which costs nothing and copies nothing; the data itself is 0444 and the worker
// can neither write nor chmod. Where a link cannot be made (another file system, or more links than it
// counts) the bytes are copied, which shares blocks on file systems that can; such a copy goes with the plan.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "query/plan.h"

namespace hansa::engine {

class Seat {
 public:
  // Makes RUN_FOLDER/NAME, which must not exist. Errors: unavailable.
  static Result<Seat> make(const std::string& run_folder, const std::string& name);
  Seat(Seat&& other) noexcept : path_(std::exchange(other.path_, {})), next_(other.next_) {}
  Seat& operator=(Seat&&) = delete;
  ~Seat();  // removes everything

  const std::string& path() const { return path_; }
  // Puts the file in and gives it a number that this seat never used before. Errors: corrupt (the file is
  // gone), exhausted (no room for a copy), unavailable; they name the label.
  Result<void> place(query::PlanFile& file);
  // Takes the plan's files and whatever was spilled away again.
  void clear();
  std::uint64_t spilled_bytes() const;

 private:
  explicit Seat(std::string path) : path_(std::move(path)) {}

  std::string path_;
  std::uint32_t next_ = 0;
};

// Removes the seats that an earlier run left behind, and makes the run folder. Errors: unavailable.
Result<void> sweep_seats(const std::string& run_folder);

}  // namespace hansa::engine
