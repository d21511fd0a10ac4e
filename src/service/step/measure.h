// The checks of a contract, run in sealed workers over the files of one port: those that it has, or
// would have.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/checks.h"
#include "query/plan.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/engine/engine.h"

namespace hansa::service {

// Of one SQL rule: it is somebody's text, and a publish waits for it.
inline constexpr Seconds check_rule_time{30};

struct CheckData {
  query::Relation relation;            // with all files
  std::vector<query::PlanFile> added;  // of an append: the new ones; none: all are new
  std::vector<Permit> permits;         // to read the port
};

// Rows on their way out of a worker, for whoever has to be able to cut them.
using Guarding = std::function<std::unique_ptr<Source>(const std::shared_ptr<engine::Lease>&,
                                                       engine::Opened opened)>;

class Measuring {
 public:
  // All of it outlives this.
  Measuring(const Context& context, const Live& live, engine::Engine& engine, const CheckData& data,
            Guarding guarding = {});

  // One result a check, in their order. What counts rows is one pass over the files; of an append,
  // what is about single rows is a pass over the new ones. A rule in SQL is a statement of its own,
  // by rules that are stricter than a reader's: the port is the only relation, and its worker
  // meets nobody afterwards. What does not bind or takes too long has failed.
  // Errors: corrupt: a file; unavailable: no worker; exhausted: no worker in time.
  Result<std::vector<CheckResult>> run(const std::vector<Check>& checks);
  std::uint64_t rows() const { return rows_; }

  // Values that a check found wrong, for whoever may read them. Errors: as run.
  Result<std::vector<std::string>> offenders(const Check& check);

 private:
  using Counts = std::vector<std::uint64_t>;
  Result<void> count(const std::vector<Check>& all, const std::vector<std::size_t>& which,
                     const std::vector<query::PlanFile>& files, std::vector<CheckResult>& out);
  Result<Counts> counted(const std::vector<Check>& checks,
                         const std::vector<query::PlanFile>& files);
  Result<CheckResult> ask(const Check& check);
  Result<std::string> value_of(engine::Lease& parser, const std::shared_ptr<engine::Lease>& lease,
                               const std::string& sql);
  Result<query::Plan> plan_of(engine::Lease& lease, const std::string& sql) const;
  Result<Json::Array> rows_of(const std::shared_ptr<engine::Lease>& lease, query::Plan plan);

  const Context& context_;
  const Live& live_;
  engine::Engine& engine_;
  const CheckData& data_;
  Guarding guarding_;
  std::uint64_t rows_ = 0;
  int passes_ = 0;
};

// A port as the statements of checks name it, without files.
query::Relation relation_for_checks(const View& view, const Port& port, const Schema& columns);

}  // namespace hansa::service
