// Digests, seals, passwords and SCRAM: what keeps secrets.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>
#include <thread>

#include "base/digest.h"
#include "base/file.h"
#include "base/password.h"
#include "base/scratch_test.h"
#include "base/seal.h"
#include "base/text.h"

namespace hansa {
namespace {

std::string key(char fill) { return std::string(32, fill); }

TEST(Sealer, OpensNothingThatWasAlteredInAnyBit) {
  const Sealer sealer(Secret<std::string>(key('k')));
  const std::string sealed = *from_base64(sealer.seal("token:1", "s3cret"));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string altered = sealed;
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << bit % 8));
    const auto opened = sealer.open("token:1", to_base64(altered));
    ASSERT_FALSE(opened) << bit;
    EXPECT_EQ(opened.error().code, Code::corrupt);
    EXPECT_FALSE(opened.error().text.contains("s3cret"));
  }
  for (std::size_t length = 0; length < sealed.size(); ++length)
    EXPECT_FALSE(sealer.open("token:1", to_base64(sealed.substr(0, length)))) << length;
  EXPECT_FALSE(sealer.open("token:1", to_base64(sealed + "x")));
  EXPECT_FALSE(sealer.open("token:1", "not base64"));
  EXPECT_FALSE(sealer.open("token:1", ""));
}

TEST(Sealer, OpensNothingForAnotherPurposeOrUnderAnotherKey) {
  const Sealer sealer(Secret<std::string>(key('k')));
  const std::string sealed = sealer.seal("token:1", "s3cret");
  EXPECT_FALSE(sealer.open("token:2", sealed));
  EXPECT_FALSE(sealer.open("", sealed));
  EXPECT_FALSE(sealer.open("token:1 ", sealed));
  EXPECT_FALSE(Sealer(Secret<std::string>(key('l'))).open("token:1", sealed));
  ASSERT_TRUE(sealer.open("token:1", sealed));
  EXPECT_EQ(sealer.open("token:1", sealed)->expose(), "s3cret");
}

TEST(Sealer, NeverSealsTheSameTwiceAlike) {
  const Sealer sealer(Secret<std::string>(key('k')));
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert(sealer.seal("p", ""));
  EXPECT_EQ(seen.size(), 1'000U);
  EXPECT_EQ(sealer.open("p", *seen.begin())->expose(), "");
  const std::string big(1 << 20, 'x');
  EXPECT_EQ(sealer.open("", sealer.seal("", big))->expose(), big);
}

TEST(Sealer, KeepsItsKeyPrivateAndRefusesAWrongOne) {
  const Scratch scratch;
  const std::string path = scratch / "seal.key";
  const auto first = Sealer::from_file(path);
  ASSERT_TRUE(first);
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  const std::string sealed = first->seal("p", "s3cret");
  EXPECT_EQ(Sealer::from_file(path)->open("p", sealed)->expose(), "s3cret");
  ASSERT_TRUE(write_file_atomically(path, "short"));
  const auto wrong = Sealer::from_file(path);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::corrupt);
  EXPECT_FALSE(wrong.error().text.contains(scratch.path()));
}

TEST(Digest, IsSha256AndHmac) {
  // FIPS 180-4 and RFC 4231, test cases 2 and 6.
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'),
                               "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hmac_sha256("", "").size(), 32U);
}

TEST(Digest, OfPiecesIsThatOfTheWhole) {
  const std::string text = random_bytes(1'000);
  for (std::size_t cut = 0; cut <= text.size(); cut += 37) {
    Digest digest;
    digest.add(std::string_view(text).substr(0, cut));
    digest.add("");
    digest.add(std::string_view(text).substr(cut));
    ASSERT_EQ(digest.finish(), sha256(text));
  }
}

TEST(Random, DoesNotRepeat) {
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 10'000; ++i) seen.insert(random_u64());
  EXPECT_EQ(seen.size(), 10'000U);
  EXPECT_EQ(random_bytes(0), "");
  EXPECT_EQ(random_bytes(7).size(), 7U);
}

TEST(EqualConstantTime, ComparesAllOfIt) {
  EXPECT_FALSE(equal_constant_time("a", "b"));
  EXPECT_FALSE(equal_constant_time("a", "ab"));
  EXPECT_FALSE(equal_constant_time(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("same", "same"));
}

TEST(Password, RefusesAnotherPasswordAndAnUnreadableVerifier) {
  const std::string verifier = *hash_password("correct horse battery");
  EXPECT_TRUE(verifier.starts_with("$argon2id$"));
  EXPECT_FALSE(verifier.contains("horse"));
  for (const std::string_view wrong :
       {"", "correct horse batter", "correct horse battery ", "Correct horse battery"})
    EXPECT_FALSE(verify_password(verifier, wrong)) << wrong;
  EXPECT_FALSE(verify_password(verifier, std::string_view("correct horse battery\0", 22)));
  EXPECT_TRUE(verify_password(verifier, "correct horse battery"));
  for (const std::string& broken : {std::string(), std::string("x"), std::string("$argon2id$"),
                                    verifier + "x", std::string(10'000, 'a')})
    EXPECT_FALSE(verify_password(broken, "correct horse battery"));
  EXPECT_NE(*hash_password("correct horse battery"), verifier);
}

TEST(Password, HasAVerifierThatNothingOpens) {
  EXPECT_TRUE(impossible_verifier().starts_with("$argon2id$"));
  EXPECT_FALSE(verify_password(impossible_verifier(), ""));
  EXPECT_FALSE(verify_password(impossible_verifier(), "x"));
}

// RFC 5802 by hand: Hi() as a loop over HMAC, held against the example of RFC 7677 before it judges
// ours.
std::string salted(std::string_view password, std::string_view salt, int rounds) {
  std::string u = hmac_sha256(password, std::string(salt) + std::string("\0\0\0\1", 4));
  std::string out = u;
  for (int i = 1; i < rounds; ++i) {
    u = hmac_sha256(password, u);
    for (std::size_t at = 0; at < out.size(); ++at) out[at] = static_cast<char>(out[at] ^ u[at]);
  }
  return out;
}

TEST(Scram, ReferenceAnswersTheExampleOfRfc7677) {
  const std::string password = salted("pencil", *from_base64("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
  const std::string message =
      "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s="
      "W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  EXPECT_EQ(to_base64(hmac_sha256(hmac_sha256(password, "Server Key"), message)),
            "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST(Scram, VerifierIsWhatTheReferenceComputes) {
  for (const std::string_view secret : {"pencil", "hansa_0123456789abcdef", ""}) {
    const std::string verifier = scram_verifier(secret);
    const auto parts = split(verifier, '$');
    ASSERT_EQ(parts.size(), 3U);
    EXPECT_EQ(parts[0], "SCRAM-SHA-256");
    const auto salt = split(parts[1], ':');
    const auto keys = split(parts[2], ':');
    ASSERT_EQ(salt.size(), 2U);
    ASSERT_EQ(keys.size(), 2U);
    const std::string password = salted(secret, *from_base64(salt[1]), 4096);
    EXPECT_EQ(salt[0], "4096");
    EXPECT_EQ(keys[0], to_base64(sha256(hmac_sha256(password, "Client Key"))));
    EXPECT_EQ(keys[1], to_base64(hmac_sha256(password, "Server Key")));
    EXPECT_NE(scram_verifier(secret), verifier);
  }
}

}  // namespace
}  // namespace hansa
