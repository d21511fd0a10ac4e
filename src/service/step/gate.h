// What is written passes its contract first: whoever moves a table's pointer holds the data against
// the checks, and the run is noted in the same commit, or on its own where the data is refused.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/checks.h"
#include "api/publish.h"
#include "contract/checks.h"
#include "service/authority/commit.h"
#include "service/step/measure.h"
#include "service/step/staged.h"

namespace hansa::service {

// The checks of a port's contract, and the text they were read from.
struct ContractChecks {
  std::vector<Check> checks;
  PackedText manifest;
};
// Errors: corrupt: the contract cannot be read.
Result<ContractChecks> contract_checks(const Live& live, PortId port);

api::CheckView present(const CheckResult& result);
// Without port and names.
api::CheckReport report_of(const CheckRun& run);

class Gate {
 public:
  // `tells`: values of what is refused may be told to whoever publishes.
  static Result<Gate> open(const Context& context, const Live& live, const Target& target,
                           bool tells);

  // Nothing is asked, and nothing is noted.
  bool is_open() const { return contract_.checks.empty(); }

  // Holds these files against the contract, beside or instead of what `target` has: outcome() says
  // what became of it. Errors: as Measuring::run.
  Result<void> check(const Context& context, Live& live, World& world, Tables& tables,
                     const Target& target, const std::vector<iceberg::DataFile>& files,
                     const api::Publish& ask);
  bool refuses() const { return run_.failed > 0; }
  // check_failed, saying what, of how many rows.
  Error refusal(const Target& target, std::string_view became, std::string next) const;
  // The same, noted and audited.
  Error refuse(const Context& context, Live& live, World& world, const Target& target) const;
  // Both in one. Errors: check_failed; as Measuring::run.
  Result<void> hold(const Context& context, Live& live, World& world, Tables& tables,
                    const Target& target, const std::vector<iceberg::DataFile>& files,
                    const api::Publish& ask);

  // What the commit changes besides. Errors: conflict: the contract changed since. `despite`: why
  // it is published although checks failed.
  Result<Attempt> along(const Context& context, const View& view, const Target& target,
                        std::int64_t snapshot, std::string_view despite = {}) const;

  const CheckRun& outcome() const { return run_; }
  // All of them, those that passed too.
  const std::vector<CheckResult>& results() const { return results_; }

 private:
  Result<CheckData> data_of(World& world, Tables& tables, const Target& target,
                            const std::vector<iceberg::DataFile>& files, bool append) const;
  Result<void> note_refusal(const Context& context, Live& live, World& world,
                            const Target& target) const;

  ContractChecks contract_;
  query::Relation relation_;
  std::vector<Permit> permits_;
  CheckRun run_;
  std::vector<CheckResult> results_;
  std::vector<std::string> shown_;
  bool tells_ = false;
};

}  // namespace hansa::service
