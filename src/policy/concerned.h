// The requests and grants that concern a principal, in the order of their numbers.
#pragma once

#include <span>
#include <vector>

#include "model/decision.h"
#include "model/ledger.h"
#include "policy/rights.h"

namespace hansa::policy {

class Concerned {
 public:
  enum class Which {
    known,      // all that the principal may know
    own,        // asked for by the principal, or for whom it acts as
    to_decide,  // waiting, where the principal is a steward
  };
  // Those numbered above `after`; `waiting` leaves out what is decided.
  Concerned(const Rights& rights, const Mesh& mesh, PrincipalId who, Which which, bool waiting,
            std::uint64_t after);
  // The next that the authoriser lets the principal know, or nullptr.
  const Grant* next(Time now);

 private:
  using By = Ledger::By;
  void add(By by, Ulid id);
  void add_hands(const Subject& subject);
  void add_own(const Subject& subject);
  void add_domains(const Subject& subject, bool owned);

  const Rights& rights_;
  const Mesh& mesh_;
  PrincipalId who_;
  Which which_;
  bool waiting_;
  std::uint64_t after_;
  std::vector<std::span<const Ledger::Entry>> lists_;  // a heap by the number each begins with
};

}  // namespace hansa::policy
