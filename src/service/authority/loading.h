// All nouns of a store: one thread reads rows, another makes nouns of them.
#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <string>
#include <vector>

#include "base/pool.h"
#include "model/noun.h"
#include "world/store/store.h"

namespace hansa::service {

class Loading {
 public:
  struct Loaded {
    Noun noun;
    Rev rev;
  };
  using Piece = std::vector<Loaded>;
  // By kind: a domain comes before what lies in it. Pieces are in the order of their rows.
  using Nouns = std::array<std::vector<Piece>, std::size(kNounKinds)>;

  // Of one thread.
  void add(store::Row row);
  // Once all rows were added. Errors: corrupt, unavailable: of the first row that is no noun.
  Result<Nouns> finish();

 private:
  // Of a row whose body ends there in the bodies of its part.
  struct Waiting {
    std::string kind;
    Ulid id;
    Rev rev;
    std::size_t end;
  };
  // Bodies lie one after the other: a million that one thread makes and another frees would have
  // both wait for the allocator's lock most of the time.
  struct Part {
    std::atomic<bool> taken = false;
    std::vector<Waiting> rows;
    std::string bodies;
    std::array<Piece, std::size(kNounKinds)> nouns;
    Result<void> outcome;
  };
  static void make(Part& part);
  void close();

  std::deque<Part> parts_;
  std::size_t open_ = 0;  // rows of the last part, which is still added to
  Pool beside_{{.threads = 1, .waiting_max = 64}};
};

}  // namespace hansa::service
