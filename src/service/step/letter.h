// What a message says, in words: the same for every channel. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "world/store/outbox.h"

namespace hansa::service {

struct Letter {
  std::string id;  // of the message: the same however often it arrives
  std::string type;
  Time at;
  std::string title;  // one line
  struct Line {
    std::string label;
    std::string text;
    friend bool operator==(const Line&, const Line&) = default;
  };
  std::vector<Line> lines;
  std::string next;  // what to do; may be empty
  // For its one reader: statements of its own, line ends and all, and links that answer.
  std::vector<Line> statements = {};
  std::vector<Line> links = {};
};

// Of its facts, each of which is one line of bounded length here: control characters are spaces.
Letter letter_of(const store::Message& message);
// Several as one, in their order: a line each, with its id. The same messages make the same id.
Letter digest_of(const std::vector<const store::Message*>& messages);

}  // namespace hansa::service
