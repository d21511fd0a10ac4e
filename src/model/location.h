// Where bytes lie: `s3://BUCKET/KEY`. There is one canonical form, it is made at parse time, and
// nothing else can make a Location; metadata, grants and workers hold this type and never a host
// path.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hansa {

class Location {
 public:
  // Nowhere: a place not decided yet. Nothing that was parsed or made is nowhere.
  Location() = default;
  explicit operator bool() const { return !bucket_.empty(); }

  // The bucket follows S3's rules for names (3 to 63 of a-z, 0-9, '-', no '.'). The key is UTF-8 of
  // at most 1,024 bytes without control characters, backslash, empty parts, "." or "..", and does
  // not begin or end with "/". `s3a` and `s3n` are aliases of `s3` in what is read. Nothing is
  // decoded: "%2F" is a key of three characters, so one object has one spelling. Errors: invalid,
  // naming the part that is wrong.
  static Result<Location> parse(std::string_view text);
  static Result<Location> make(std::string_view bucket, std::string_view key);

  const std::string& bucket() const { return bucket_; }
  const std::string& key() const { return key_; }
  // s3://bucket/key
  std::string text() const { return "s3://" + bucket_ + "/" + key_; }

  // This location with `name` below it. Errors: invalid, as make.
  Result<Location> below(std::string_view name) const;

  // True if `other` is this object or lies below it: whole parts count, so `a/t1` does not contain
  // `a/t10`.
  bool contains(const Location& other) const;
  // True if one of the two contains the other.
  bool overlaps(const Location& other) const { return contains(other) || other.contains(*this); }

  friend auto operator<=>(const Location&, const Location&) = default;

 private:
  Location(std::string bucket, std::string key)
      : bucket_(std::move(bucket)), key_(std::move(key)) {}
  std::string bucket_;
  std::string key_;
};

// Errors: invalid. "ads-prod" is one, "Ads.Prod" is not.
Result<void> check_bucket(std::string_view bucket);

}  // namespace hansa
