// All of a running mesh as one stream (api/backup.h): the store as it is at one moment, then every
// object that it names. Objects are written once and a published one stays, so what the copied
// store names is there while commits go on.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/backup.h"
#include "base/stream.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/tables.h"
#include "world/world.h"

namespace hansa::service {

class Backups {
 public:
  struct Options {
    // For the copy of the store, while it is read. Others may empty it between two runs.
    std::string scratch;
    // Small files of the data directory that belong to the state: their names below it.
    std::string data;
    std::vector<std::string> files;
    std::vector<std::string> files_if_there;
    std::string version;
  };
  explicit Backups(Options options) : options_(std::move(options)) {}

  // One at a time. It ends when the caller's token does, or may no longer administer. Errors:
  // denied; conflict: another one runs; exhausted: no room for the copy of the store; not_found: a
  // file of the state is missing; unavailable.
  Result<std::unique_ptr<Source>> open(const Context& context, Live& live, World& world,
                                       Tables& tables, Clock& clock, const api::MakeBackup& ask);
  // Nothing of a table may be removed meanwhile: whoever does asks while he holds
  // Tables::sweeping().
  bool is_running() const { return running_->load(); }

 private:
  const Options options_;
  std::shared_ptr<std::atomic<bool>> running_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace hansa::service
