#include "door/cli/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

constexpr std::int64_t kFirstUs = 1'000'000;  // What is done sooner needs no bar.
constexpr std::int64_t kEachUs = 100'000;
constexpr std::size_t kBarWidth = 20;
constexpr std::size_t kColumnsDefault = 80;

}  // namespace

Progress::Progress(Session& session, std::string what, std::uint64_t total)
    : session_(session), what_(std::move(what)), total_(total), start_us_(steady_us()) {
  wanted_ =
      session.console().err_is_terminal() && !session.settings().quiet && !session.settings().ci;
}

Progress::~Progress() {
  if (drawn_) session_.console().err("\r\x1b[K");
}

void Progress::at(std::uint64_t done) {
  const std::int64_t now_us = steady_us();
  if (!wanted_ || now_us - start_us_ < kFirstUs || now_us - drawn_us_ < kEachUs) return;
  drawn_us_ = now_us;
  drawn_ = true;
  const std::size_t columns = session_.console().columns();
  const std::string line = progress_line(what_, done, total_, now_us - start_us_,
                                         columns == 0 ? kColumnsDefault : columns);
  session_.console().err("\r" + line + "\x1b[K");
}

std::string progress_line(const std::string& what, std::uint64_t done, std::uint64_t total,
                          std::int64_t elapsed_us, std::size_t width) {
  done = std::min(done, total);
  const double share = total == 0 ? 1 : static_cast<double>(done) / static_cast<double>(total);
  const auto full = static_cast<std::size_t>(share * kBarWidth);
  const double seconds = static_cast<double>(std::max<std::int64_t>(elapsed_us, 1)) / 1e6;
  const auto speed = static_cast<std::uint64_t>(static_cast<double>(done) / seconds);
  const std::string line =
      fmt::format("{}  [{}{}]  {:3.0f}%  {} of {}, {}/s", visible(what), std::string(full, '#'),
                  std::string(kBarWidth - full, '.'), share * 100, human_bytes(done),
                  human_bytes(total), human_bytes(speed));
  return cut_to_width(line, width - 1);
}

}  // namespace hansa::cli
