// A line typed by a person, with history and completion. The only file behind this that knows
// libedit is line_editor.cc.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hansa::cli {

class LineEditor {
 public:
  // Words that could stand where the cursor is; `line` is what stands before it.
  using Complete = std::function<std::vector<std::string>(std::string_view line)>;

  enum class Ended { line, interrupted, input };  // by Enter, Ctrl-C, Ctrl-D
  struct Read {
    std::string text;
    Ended how = Ended::line;
  };

  // The terminal must be standard input and output. History is kept in the file, readable by its
  // owner alone; empty: it goes with the process. Errors: unavailable.
  static Result<std::unique_ptr<LineEditor>> open(std::string history_path, Complete complete);
  virtual ~LineEditor() = default;

  virtual Read read(const std::string& prompt) = 0;
  // What the up arrow brings back; kept at once.
  virtual void remember(const std::string& text) = 0;
};

// What every completion shares: typed on without a question.
std::string common_beginning(const std::vector<std::string>& words);

}  // namespace hansa::cli
