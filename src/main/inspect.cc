#include "main/inspect.h"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "main/engine.h"
#include "query/plan.h"
#include "world/engine/pool.h"

namespace hansa {
namespace {

// A folder for the worker's seat that goes away again. Beside the data, so that files can be linked
// into it.
class Workplace {
 public:
  explicit Workplace(const std::string& beside) {
    for (const std::string& base : {beside, std::filesystem::temp_directory_path().string()}) {
      std::string pattern = base + "/.hansa-init-XXXXXX";
      if (::mkdtemp(pattern.data()) != nullptr) {
        path_ = pattern;
        return;
      }
    }
  }
  ~Workplace() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

Result<std::vector<cli::Footer>> inspect_files(const std::vector<std::string>& paths,
                                               const std::optional<Dialect>& text) {
  if (paths.empty()) return std::vector<cli::Footer>{};
  std::error_code ignored;
  const Workplace workplace(
      std::filesystem::absolute(paths.front(), ignored).parent_path().string());
  if (workplace.path().empty())
    return unavailable("no folder can be made to work in", "is the disk full or read-only?");
  SystemClock clock;
  engine::PoolOptions options{.worker_path = worker_path(), .run_folder = workplace.path()};
  options.workers_min = 0;
  options.workers_max = 1;
  HANSA_TRY(const auto pool, engine::Pool::open(std::move(options), clock));
  HANSA_TRY(const auto lease, pool->lease(PrincipalId{}, clock.now() + std::chrono::hours(1), {}));
  query::Inspection inspection{.text = text};
  for (const std::string& path : paths) {
    HANSA_TRY(const File file, open_file(path, 0));
    HANSA_TRY(const std::uint64_t bytes, file.size());
    inspection.files.push_back({.path = std::filesystem::absolute(path, ignored).string(),
                                .label = path,
                                .bytes = bytes,
                                .rows = 0});
  }
  HANSA_TRY(auto footers, lease->inspect(query::ClosedPlan::inspect(std::move(inspection))));
  std::vector<cli::Footer> out;
  for (query::Footer& footer : footers)
    out.push_back({footer.label, footer.rows, footer.bytes, std::move(footer.schema),
                   footer.rejected, std::move(footer.first_reject)});
  return out;
}

}  // namespace hansa
