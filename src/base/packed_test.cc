#include "base/packed.h"

#include <gtest/gtest.h>

namespace hansa {
namespace {

void keeps(std::string_view text) {
  const PackedText packed(text);
  const auto back = packed.text();
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(*back, text);
  EXPECT_TRUE(packed.is(text));
  EXPECT_FALSE(packed.is(std::string(text) + "x"));
  EXPECT_EQ(PackedText::of_bytes(packed.bytes()), packed);
  EXPECT_LE(packed.bytes().size(), text.empty() ? 0 : text.size() + 1);
}

TEST(Packed, KeepsTextsOfAllLengths) {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    ASSERT_NO_FATAL_FAILURE(keeps(text));
    text += static_cast<char>(' ' + i * 7 % 90);
  }
  ASSERT_NO_FATAL_FAILURE(keeps(std::string(3'000'000, 'm')));
  ASSERT_NO_FATAL_FAILURE(keeps("gr\u00FC\u00DFe"));
}

TEST(Packed, MakesManifestsSmall) {
  const std::string contract =
      "apiVersion: v3.2.0\nkind: DataContract\nid: warehouse-p0_50-v1\nversion: 1.0.0\n"
      "status: active\nschema:\n  - name: p0_50\n    properties:\n"
      "      - {name: loaded, logicalType: integer, physicalType: bigint, required: true}\n"
      "      - {name: origin, logicalType: string, physicalType: varchar, required: false}\n";
  EXPECT_LT(PackedText(contract).bytes().size(), contract.size() / 2);
}

TEST(Packed, SaysWhatIsDamaged) {
  const std::string good = PackedText(std::string(300, 'm')).bytes();
  ASSERT_EQ(good.front(), 'z');
  for (const std::string& bad :
       {std::string("z"), good.substr(0, good.size() - 1), good + "x", "q" + good.substr(1),
        std::string("p\xFF"), std::string("z\x28\xB5\x2F\xFD\xE0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F")})
    EXPECT_EQ(PackedText::of_bytes(bad).text().error().code, Code::corrupt);
}

}  // namespace
}  // namespace hansa
