// Visible copies: the rows and cells of a port that somebody's grants show, as a Parquet file made
// in a worker that never sees a user's statement. The user's own worker is given the copy instead
// of the port's files, so nothing a statement can do reaches what is hidden
// (doc/decisions/visible-copies.md).
//
// The rows of a view are such a copy too, made of what its service account sees, in a worker of
// that account: whoever reads the view gets them as the files of a port.
//
// A copy belongs to one snapshot, one contract and one set of scopes, never to a caller: two
// callers with the same scopes share it. Copies are a cache: they may be deleted at any time, and
// none survives a restart.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/secret.h"
#include "model/location.h"
#include "model/scope.h"
#include "query/plan.h"
#include "service/authority/context.h"
#include "service/step/plan_bridge.h"
#include "service/step/plan_view.h"
#include "service/step/reads.h"
#include "service/step/turns.h"
#include "world/engine/engine.h"
#include "world/world.h"

namespace hansa::service {

// One copy on disk. Removed when it was pushed out and nobody holds it any more.
struct VisibleCopy {
  query::PlanFile file;
  object::ObjectStore& where;
  Location at;
  bool pushed_out = false;
  VisibleCopy(query::PlanFile file, object::ObjectStore& where, Location at)
      : file(std::move(file)), where(where), at(std::move(at)) {}
  VisibleCopy(const VisibleCopy&) = delete;
  VisibleCopy& operator=(const VisibleCopy&) = delete;
  ~VisibleCopy();
};

// What is copied: all files of the port, what of them is visible, and the permit that says so.
struct CopyAsk {
  query::Relation whole;
  Visible visible;
  Permit permit;
  ProductId product;  // masks of kind hash agree within it
  std::string state;  // of the port: its snapshot, or the key of a view
};

// The rows of a view.
struct ViewAsk {
  std::shared_ptr<const PlannedView> made_of;
  query::Plan plan;              // with the files of all that it reads
  std::shared_ptr<Reads> reads;  // of its account
  bool tell = false;             // what goes wrong: to those who may run the query themselves
};

// The rows of a version, as its bridge makes them of the next one.
struct BridgeAsk {
  std::shared_ptr<const PlannedBridge> made_of;
  std::vector<query::PlanFile> files;  // of the next version
  Permit permit;                       // to read the bridged one
  bool tell = false;                   // what goes wrong: to those who set it
};

class VisibleCopies {
 public:
  // `where` is this cache's own, and empty. `key` makes masks of kind hash unguessable, and equal
  // after a restart. Errors: unavailable.
  // Making one is running work like any other: it is listed, cancelled, and cut with the rights it
  // stands on.
  static Result<std::unique_ptr<VisibleCopies>> open(
      std::unique_ptr<object::ObjectStore> where, Secret<std::string> key, const Live& live,
      Running& running, std::uint64_t bytes_max = limits::visible_copies_bytes_max);
  ~VisibleCopies();

  // The copy if it is there, or nullptr.
  std::shared_ptr<const VisibleCopy> find(const CopyAsk& ask);
  std::shared_ptr<const VisibleCopy> find(const PlannedView& view);
  std::shared_ptr<const VisibleCopy> find(const std::string& key);
  // The copy, made if need be, once however many ask: the others wait. The caller holds no worker
  // meanwhile, or all of them could be held by those who wait for one. Errors: exhausted (time,
  // space); unavailable; corrupt (a file that is not what its name says). What went wrong with
  // hidden rows is not told.
  Result<std::shared_ptr<const VisibleCopy>> make(const Context& context, engine::Engine& engine,
                                                  const CopyAsk& ask, bool placed = false);
  // The same for a view. Errors: also blocked: its rows do not fit its contract.
  Result<std::shared_ptr<const VisibleCopy>> make(const Context& context, engine::Engine& engine,
                                                  const ViewAsk& ask, bool placed = false);
  Result<std::shared_ptr<const VisibleCopy>> make(const Context& context, engine::Engine& engine,
                                                  const BridgeAsk& ask, bool placed = false);
  // Where copies and tables of queries are made, so many at once. Whoever holds a place and needs a
  // copy for it is `placed`: it needs no second one, and so nobody waits in a round.
  Turns& places() { return places_; }

 private:
  struct Known {
    std::shared_ptr<VisibleCopy> copy;
    std::list<std::string>::iterator used;
  };
  // Writes a file of that name.
  using Write = std::function<Result<std::shared_ptr<VisibleCopy>>(const std::string& name)>;

  std::string key_of(const CopyAsk& ask) const;
  std::string mask_key(const CopyAsk& ask) const;
  std::shared_ptr<const VisibleCopy> look(const std::string& key);
  Result<std::shared_ptr<const VisibleCopy>> make(const Context& context, const std::string& key,
                                                  bool placed, const Write& write);
  void forget(const std::string& key);
  void keep(const std::string& key, std::shared_ptr<VisibleCopy> copy);
  // What is made for the caller as a part of its work.
  struct Making {
    const Context& context;
    std::vector<Permit> permits;
    std::vector<Borrowed> borrowed;
    std::string ref;
  };
  Result<std::shared_ptr<VisibleCopy>> write(const Making& making,
                                             std::shared_ptr<engine::Lease> lease,
                                             const std::string& name, const std::string& label,
                                             engine::Opened opened);
  Result<std::shared_ptr<VisibleCopy>> write_part(const Context& context, engine::Engine& engine,
                                                  const CopyAsk& ask, const std::string& name);
  Result<void> still_protected(const PlannedView& made_of, const query::Bound& bound) const;
  Result<std::shared_ptr<VisibleCopy>> write_view(const Context& context, engine::Engine& engine,
                                                  const ViewAsk& ask, const std::string& name);
  Result<std::shared_ptr<VisibleCopy>> write_bridge(const Context& context, engine::Engine& engine,
                                                    const BridgeAsk& ask, const std::string& name);

  VisibleCopies(std::unique_ptr<object::ObjectStore> where, Secret<std::string> key,
                const Live& live, Running& running, std::uint64_t bytes_max);

  std::unique_ptr<object::ObjectStore> where_;
  Secret<std::string> key_;
  const Live& live_;
  Running& running_;
  std::uint64_t bytes_max_;
  std::mutex mutex_;
  Turns places_;
  std::atomic<std::uint64_t> made_ = 0;
  std::list<std::string> order_;  // most recently used first
  std::unordered_map<std::string, Known> known_;
  std::uint64_t bytes_ = 0;
};

}  // namespace hansa::service
