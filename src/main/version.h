#pragma once

namespace hansa {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace hansa
