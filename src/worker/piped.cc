#include "worker/piped.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "base/file.h"
#include "worker/aside.h"

namespace hansa::worker {
namespace {

constexpr std::size_t kPieceMax = limits::frame_bytes_max / 2;
// What the kernel lets everybody have.
constexpr int kPipeBytes = 1 << 20;

class Piped : public RowSource {
 public:
  // `in` keeps the pipe open until all is written, though the statement opens and closes it too.
  Piped(File out, File in, std::function<Result<std::uint64_t>()> write)
      : out_(std::move(out)), in_(std::move(in)) {
    aside_.add([this, write = std::move(write)] {
      written_ = write();
      in_.close();
    });
  }
  Piped(const Piped&) = delete;
  Piped& operator=(const Piped&) = delete;
  ~Piped() override {
    out_.close();
    // Who opens the pipe to write waits in the kernel for a reader: one that comes and goes lets it
    // on, to a write that fails.
    while (!aside_.wait_for(std::chrono::milliseconds(1)))
      static_cast<void>(open_file(kPipe, O_RDONLY | O_NONBLOCK));
  }

  Result<Piece> next(Want want) override {
    piece_.resize(want.bytes_max == 0 ? limits::chunk_bytes
                                      : std::min<std::size_t>(want.bytes_max, kPieceMax));
    std::size_t got = 0;
    while (got < piece_.size()) {
      const ssize_t step = ::read(out_.descriptor(), piece_.data() + got, piece_.size() - got);
      if (step < 0 && errno == EINTR) continue;
      if (step < 0) return system_error("reading what is written", errno);
      if (step == 0) return last({piece_.data(), got});
      got += static_cast<std::size_t>(step);
    }
    return Piece{piece_, 0, false};
  }
  std::uint64_t rows() const override { return rows_; }

 private:
  Result<Piece> last(std::string_view bytes) {
    aside_.wait();
    HANSA_TRY(rows_, std::move(written_));
    return Piece{bytes, static_cast<std::uint32_t>(std::min<std::uint64_t>(rows_, UINT32_MAX)),
                 true};
  }

  File out_;
  File in_;
  std::string piece_;
  std::uint64_t rows_ = 0;
  Result<std::uint64_t> written_ = 0;
  Aside aside_;
};

}  // namespace

Result<std::unique_ptr<RowSource>> piped(std::function<Result<std::uint64_t>()> write) {
  // Without a reader the other end would wait for one, and with one it need not be waited for.
  HANSA_TRY(File out, open_file(kPipe, O_RDONLY | O_NONBLOCK));
  HANSA_TRY(File in, open_file(kPipe, O_WRONLY));
  if (::fcntl(out.descriptor(), F_SETFL, 0) != 0) return system_error("opening the pipe", errno);
  // Whoever writes a row group holds up all that have another one ready. Where the kernel gives no
  // more room, the rows are the same.
  static_cast<void>(::fcntl(out.descriptor(), F_SETPIPE_SZ, kPipeBytes));
  return std::make_unique<Piped>(std::move(out), std::move(in), std::move(write));
}

}  // namespace hansa::worker
