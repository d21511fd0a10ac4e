// The worker's end of the socket pair. The server is trusted; if it goes away, so does the worker.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "query/frame.h"

namespace hansa::worker {

class Channel {
 public:
  explicit Channel(int descriptor) : descriptor_(descriptor) {}

  // Sends what is to be sent, then waits for the server's next frame. Errors: unavailable (the
  // server is gone), corrupt. One thread receives; any may send.
  Result<query::Frame> receive();
  // Small frames are sent together, at the next receive(). Waits while the server does not read:
  // that is what slows a query down to its client's speed.
  Result<void> send(query::FrameKind kind, std::string_view body);
  // A frame whose body lies in two places.
  Result<void> send(query::FrameKind kind, std::string_view front, std::string_view rest);
  Result<void> flush();
  // What was sent goes together with the answer to the frame that has already arrived. Whoever
  // holds it back flushes in time if that answer takes long.
  void hold() { held_ = true; }
  // A frame, or a part of one, has arrived behind the last.
  bool has_more() const { return taken_ < arrived_.size(); }

 private:
  Result<void> read_all(char* at, std::size_t bytes);
  Result<void> write_all(std::string_view front, std::string_view rest);

  Result<void> flush_locked();

  int descriptor_;
  std::mutex mutex_;  // of what is sent
  std::string unsent_;
  bool held_ = false;
  std::string arrived_;  // those from taken_ on are still to be read
  std::size_t taken_ = 0;
};

}  // namespace hansa::worker
