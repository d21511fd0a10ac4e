// Where the pages behind links in mail are.
#pragma once

#include <string_view>

namespace hansa::api {

inline constexpr std::string_view answer_path = "/answer/";

}  // namespace hansa::api
