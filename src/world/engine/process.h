// One worker process, seen from the server: started, spoken to, killed, reaped. Everything it says
// is hostile; a frame out of order ends it.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "query/alike.h"
#include "query/frame.h"
#include "world/engine/seat.h"

namespace hansa::engine {

struct ProcessOptions {
  std::string worker_path;
  std::uint64_t memory_bytes = 0;
  std::uint64_t spill_bytes = 0;
  std::uint32_t threads = 1;
  std::uint32_t landlock_abi_max = 1000;
};

// Why the server ended a worker; the first reason stands.
enum class Ending { none, cut, deadline, spill, misbehaved, idle };

class Process {
 public:
  // Must be called from a thread that lives as long as the server: the worker dies with it. Errors:
  // unavailable.
  static Result<std::unique_ptr<Process>> start(const ProcessOptions& options, Seat seat);
  ~Process();  // kills and reaps
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // A caller's statement may have run in it from here on. Of whoever holds the worker.
  void meet_caller() { met_caller_ = true; }
  bool has_met_caller() const { return met_caller_; }

  // From any thread, as often as one likes.
  void kill(Ending why) noexcept;
  bool exited() const;              // the kernel is done with it: reaping will not wait
  std::uint64_t own_bytes() const;  // of memory that no other process shares; 0 if it has ended
  // Its engine gave up on itself: nobody may use it again, whatever else it says.
  bool is_broken() const { return broken_; }

  // Waits for its greeting. Errors: unavailable: what it could not prove, or how it ended.
  Result<query::Hello> greet();
  // Errors: why the worker is no more (see departed).
  Result<void> send(query::FrameKind kind, std::string_view body);
  // Two frames at once.
  Result<void> send(query::FrameKind kind, std::string_view body, query::FrameKind next,
                    std::string_view next_body);
  // Waits for a frame of one of these kinds. An error frame is returned as the error it holds;
  // everything else ends the worker.
  Result<query::Frame> receive(std::initializer_list<query::FrameKind> kinds);

  Seat& seat() { return seat_; }
  int socket() const { return socket_.descriptor(); }
  int handle() const { return handle_.descriptor(); }  // readable once the process has ended
  pid_t id() const { return id_; }

  // What the worker is busy with, for the text of its death: "reading s3://...".
  std::string doing;
  // The trees it gave of its principal's statements. Of whoever holds the worker, until it is
  // wiped: nobody is told more or less by them than by asking it again.
  query::Alike trees;

 private:
  bool met_caller_ = false;
  Process(Seat seat, File socket, File handle, pid_t id)
      : seat_(std::move(seat)), socket_(std::move(socket)), handle_(std::move(handle)), id_(id) {}
  Result<void> send_all(std::string_view bytes);
  Result<std::size_t> read_some(char* at, std::size_t bytes);
  Result<void> read_all(char* at, std::size_t bytes);
  Result<std::string> read_body(std::size_t bytes);
  std::unexpected<Error> departed();
  std::unexpected<Error> misbehaved(std::string_view how);

  Seat seat_;
  File socket_;
  File handle_;
  pid_t id_;
  std::atomic<Ending> ending_{Ending::none};
  std::atomic<bool> broken_ = false;
  std::string arrived_;  // of the socket's bytes, those from taken_ on are still to be read
  std::size_t taken_ = 0;
};

}  // namespace hansa::engine
