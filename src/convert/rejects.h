// Records that were not taken: all counted, the first ones kept.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace hansa::convert {

struct Reject {
  std::uint64_t line = 0;       // of the file, from 1, where the record begins
  std::uint64_t last_line = 0;  // where it ends
  std::string column;           // empty: it is about the whole record
  std::string reason;
  std::string text;  // of the record, its beginning
};

// Used by several threads.
class Rejects {
 public:
  explicit Rejects(std::size_t kept_max) : kept_max_(kept_max) {}
  void add(Reject reject);
  std::uint64_t count() const;
  // By line.
  std::vector<Reject> take();

 private:
  void cut();

  mutable std::mutex mutex_;
  std::size_t kept_max_;
  std::uint64_t count_ = 0;
  std::vector<Reject> kept_;
};

}  // namespace hansa::convert
