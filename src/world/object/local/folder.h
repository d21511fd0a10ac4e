// Walks below a folder that others may have filled: part by part, never through a symbolic link, so
// that nothing planted in a bucket leads out of it.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "model/location.h"

namespace hansa::object::local {

struct Entry {
  std::string name;
  bool is_folder;
};

// A folder below `parent`; nullopt if there is none of that name (a link or a file is none).
// Errors: unavailable.
Result<std::optional<File>> open_folder(const File& parent, const std::string& name);
// Made if it is not there; nullopt: a removal took it, or its parent, away meanwhile. Errors:
// conflict if something else has the name; exhausted; unavailable.
Result<std::optional<File>> make_folder(const File& parent, const std::string& name);
// A regular file, open for reading; nullopt if there is none. Errors: unavailable.
Result<std::optional<File>> open_regular(const File& parent, const std::string& name);
// What lies under the name, itself and not what it links to; nullopt: nothing. Errors: unavailable.
Result<std::optional<struct stat>> look(const File& parent, const std::string& name);

// Folders and regular files, in no order; everything else is left out. Errors: unavailable.
Result<std::vector<Entry>> entries(const File& folder);

// Durable names. Errors: unavailable; then nothing about the folder is known.
Result<void> sync(const File& folder);

// Removes `name` if it is a folder that holds nothing but such folders: what interrupted writes and
// removals leave behind. False: something is in it.
bool remove_hollow(const File& parent, const std::string& name);

}  // namespace hansa::object::local
