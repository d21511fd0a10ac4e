// A worker's own folder: in/ holds the files of its current plan, spill/ what DuckDB cannot keep in
// memory. A sealed worker can never be shown another folder, so files come to it.
//
// A file is hard-linked in, which costs nothing and copies nothing; the data itself is 0444 and the
// worker can neither write nor chmod. Where a link cannot be made (another file system, or more
// links than it counts) the bytes are copied, which shares blocks on file systems that can; such a
// copy goes with the plan.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "base/result.h"
#include "query/plan.h"

namespace hansa::engine {

class Seat {
 public:
  // Makes RUN_FOLDER/NAME, which must not exist. Errors: unavailable.
  static Result<Seat> make(const std::string& run_folder, const std::string& name);
  Seat(Seat&& other) noexcept
      : path_(std::exchange(other.path_, {})),
        placed_(std::move(other.placed_)),
        has_copies_(other.has_copies_),
        next_(other.next_) {}
  Seat& operator=(Seat&&) = delete;
  ~Seat();  // removes everything

  const std::string& path() const { return path_; }
  // Makes these files, and no others, the ones that are in, and gives each a number. A file that
  // was in before has the number it had; no other file ever gets it. Errors: corrupt (a file is
  // gone), exhausted (no room for a copy), unavailable; they name the label.
  Result<void> place(std::span<query::PlanFile* const> files);
  // Takes all files and whatever was spilled away again; their numbers are not used any more.
  void clear();
  // Some file could not be linked: what lies here takes room of its own.
  bool has_copies() const { return has_copies_; }
  std::uint64_t spilled_bytes() const;

 private:
  explicit Seat(std::string path) : path_(std::move(path)) {}

  // A file that was in, as the disk knows it: a path may come to mean another.
  struct Placed {
    std::uint32_t number = 0;
    dev_t device = 0;
    ino_t node = 0;
    bool is_in = false;
    bool is_wanted = false;
  };
  std::string name_of(std::uint32_t number) const;
  Result<void> put(query::PlanFile& file);
  void take_out(Placed& placed);

  std::string path_;
  std::map<std::string, Placed> placed_;  // by path
  bool has_copies_ = false;
  std::uint32_t next_ = 0;
};

// Removes the seats that an earlier run left behind, and makes the run folder. Errors: unavailable.
Result<void> sweep_seats(const std::string& run_folder);

}  // namespace hansa::engine
