#include "world/outbound/catcher.h"

#include <gtest/gtest.h>

namespace hansa::outbound {
namespace {

TEST(MailCatcher, KeepsTheLastOnes) {
  MailCatcher catcher(nullptr);
  for (std::size_t i = 0; i <= MailCatcher::kept_max; ++i)
    ASSERT_TRUE(catcher.mail({.to = "a@b", .at = {}, .subject = std::to_string(i)}));
  const auto all = catcher.all();
  ASSERT_EQ(all.size(), MailCatcher::kept_max);
  EXPECT_EQ(all.front().mail.subject, std::to_string(MailCatcher::kept_max));
  EXPECT_EQ(all.front().number, MailCatcher::kept_max + 1);
  EXPECT_EQ(all.back().mail.subject, "1");
  EXPECT_FALSE(catcher.mail({.to = "a@b\r\nx"}));
}

}  // namespace
}  // namespace hansa::outbound
