// A bar on standard error for what takes longer than a second; nothing where no person watches.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "door/cli/session.h"

namespace hansa::cli {

class Progress {
 public:
  // `total` bytes of `what`.
  Progress(Session& session, std::string what, std::uint64_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();  // takes the bar away

  void at(std::uint64_t done);

 private:
  Session& session_;
  std::string what_;
  std::uint64_t total_;
  bool wanted_;
  bool drawn_ = false;
  std::int64_t start_us_;
  std::int64_t drawn_us_ = 0;
};

// "uploading  [#####.....]  52%  13.5 MB of 26.0 MB, 4.1 MB/s", at most `width` columns.
std::string progress_line(const std::string& what, std::uint64_t done, std::uint64_t total,
                          std::int64_t elapsed_us, std::size_t width);

}  // namespace hansa::cli
