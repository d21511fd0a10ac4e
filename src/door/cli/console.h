// The three streams of a process, and the person who may sit behind them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hansa::cli {

class Console {
 public:
  virtual ~Console() = default;

  // Data. Errors: unavailable: nobody reads any more, or the disk is full; `reader_gone` tells
  // which.
  virtual Result<void> out(std::string_view bytes) = 0;
  // Messages. What was written as data before appears first.
  virtual void err(std::string_view text) = 0;
  virtual Result<void> flush() = 0;
  // The other end of a pipe has seen enough (`| head`): not a failure.
  virtual bool reader_gone() const = 0;

  virtual bool out_is_terminal() const = 0;
  virtual bool err_is_terminal() const = 0;
  virtual bool in_is_terminal() const = 0;
  // Of the terminal behind `out`; 0: none, so that nothing is ever cut.
  virtual std::size_t columns() const = 0;

  // All of standard input. Errors: exhausted past `bytes_max`.
  virtual Result<std::string> read_all(std::size_t bytes_max) = 0;
  // One line from the person at the terminal; the question goes to `err`. A secret is not echoed.
  // Errors: invalid if there is no terminal or nothing was typed.
  virtual Result<std::string> ask(std::string_view question, bool secret) = 0;

  // Somebody pressed Ctrl-C: what runs shall end.
  virtual bool interrupted() const = 0;
  // It has ended, and the conversation goes on.
  virtual void resume() = 0;
};

// The process's own, at most one at a time. With `catches`, Ctrl-C and a reader that goes away no
// longer end the process; a server has its own mind about both.
std::unique_ptr<Console> open_console(bool catches);

}  // namespace hansa::cli
