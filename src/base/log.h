// The program's log: one line an event on standard error, for whoever runs the server.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace hansa {

enum class Level { debug, info, warning, error };

// Below this nothing is written. Default: info.
void set_log_level(Level level);

// 2026-11-22T09:00:00Z info published port=shows/episodes rows=120. Values are quoted and encoded,
// so that no newline, escape sequence or bidirectional mark of a client's text reaches a terminal.
void log(Level level, std::string_view event,
         std::initializer_list<std::pair<std::string_view, std::string>> values = {});

}  // namespace hansa
