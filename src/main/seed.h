// Fills a new mesh from a folder of manifests, data and calls, through the public interface and as
// the people the folder names: each call is a command line of this very program. It knows no demo.
//
// The folder's file `calls` has one call a line; `#` begins a comment:
//   admin: admin user add ada --title "Ada"     run as the administrator
//   ada: publish shows/episodes data/*.parquet  run as ada, with a token made for her
//   context analyst ada                         remembered for the command line under that name
//   clock 28d ago                               what follows happened then; `clock now` ends that
//   say Try: hansa get products                 printed when all is done
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "main/serve.h"

namespace hansa {

using Environment = std::function<std::optional<std::string>(const char*)>;

// $HANSA_DEMO, else `demo` beside this program. Errors: not_found, with what to do.
Result<std::string> demo_folder(const Environment& environment);

// How long ago the story begins: what the first of its calls says, if that is about the clock.
// Errors: the folder's.
Result<Micros> began_ago(const std::string& folder);

// On the first start runs all calls, one after the other; the first that fails ends it. On every
// start puts the contexts into the user's configuration. Errors: the call that failed, with its
// output.
Result<void> seed(const std::string& folder, const Serving& serving,
                  const Environment& environment);

// One call in words, as a shell would see them: quotes, no expansion but `*` in file names.
Result<std::vector<std::string>> words_of(std::string_view line);

}  // namespace hansa
