#include "base/fingerprint.h"

#include <gtest/gtest.h>

#include <string>

namespace hansa {
namespace {

// As OpenSSL's SIPHASH of 16 bytes, of the key and texts that the reference counts up.
TEST(Fingerprint, IsSipHash) {
  const Fingerprinter print(0x0706050403020100ULL, 0x0F0E0D0C0B0A0908ULL);
  std::string text;
  for (int i = 0; i < 17; ++i) text += static_cast<char>(i);
  const auto of = [&](std::size_t bytes) {
    return print.of(std::string_view(text).substr(0, bytes));
  };
  EXPECT_EQ(of(0), (Fingerprint{0xE6A825BA047F81A3ULL, 0x930255C71472F66DULL}));
  EXPECT_EQ(of(1), (Fingerprint{0x44AF996BD8C187DAULL, 0x45FC229B11597634ULL}));
  EXPECT_EQ(of(8), (Fingerprint{0x61F55862BAA9623BULL, 0xB49714F364E2830FULL}));
  EXPECT_EQ(of(17), (Fingerprint{0x98B88D73E8063D47ULL, 0x4077E47AC466C054ULL}));
}

TEST(Fingerprint, IsAnotherInEachProcess) {
  EXPECT_NE(Fingerprinter().of("port"), Fingerprinter().of("port"));
}

}  // namespace
}  // namespace hansa
