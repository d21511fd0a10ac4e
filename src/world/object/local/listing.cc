#include "world/object/local/listing.h"

#include <algorithm>

#include "model/location.h"
#include "world/object/local/folder.h"

namespace hansa::object::local {
namespace {

// What a Location's key may have.
constexpr std::size_t key_bytes_max = 1'024;

struct Wanted {
  std::string_view prefix;
  std::string_view after;
  std::size_t max;
};

// Could a key that begins with `folder` ("a/b/") be wanted?
bool may_hold(const Wanted& wanted, std::string_view folder) {
  // Folders nested deeper hold no key, and would cost a descriptor each.
  if (folder.size() > key_bytes_max) return false;
  const auto common = std::min(folder.size(), wanted.prefix.size());
  if (folder.substr(0, common) != wanted.prefix.substr(0, common)) return false;
  // All its keys come before `after` if it does so itself, unless `after` lies in it.
  return wanted.after.substr(0, folder.size()) <= folder;
}

bool is_wanted(const Wanted& wanted, const std::string& key) {
  // The bucket does not matter here: any name that is one will do.
  return key.starts_with(wanted.prefix) && key > wanted.after && Location::make("bucket", key);
}

// False: the list is full.
Result<bool> collect(const File& folder, const std::string& path, const Wanted& wanted,
                     Keys& found) {
  HANSA_TRY(std::vector<Entry> inside, entries(folder));
  // All keys below a folder begin with its name and a slash, so folders are sorted as if the slash
  // were part of the name: `a-b` comes before `a/b`, and `a0` after it.
  for (Entry& entry : inside)
    if (entry.is_folder) entry.name += '/';
  std::erase_if(inside, [&](const Entry& entry) {
    return entry.is_folder ? !may_hold(wanted, path + entry.name)
                           : !is_wanted(wanted, path + entry.name);
  });
  std::ranges::sort(inside, {}, &Entry::name);
  for (const Entry& entry : inside) {
    if (!entry.is_folder) {
      found.more = found.keys.size() == wanted.max;
      if (found.more) return false;
      found.keys.push_back(path + entry.name);
      continue;
    }
    HANSA_TRY(const auto below, open_folder(folder, entry.name.substr(0, entry.name.size() - 1)));
    if (!below) continue;  // removed meanwhile
    HANSA_TRY(const bool room, collect(*below, path + entry.name, wanted, found));
    if (!room) return false;
  }
  return true;
}

}  // namespace

Result<Keys> keys_below(const File& bucket, std::string_view prefix, std::string_view after,
                        std::size_t max) {
  Keys found;
  HANSA_CHECK(collect(bucket, "", {prefix, after, max}, found));
  return found;
}

}  // namespace hansa::object::local
