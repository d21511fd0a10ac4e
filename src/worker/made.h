// Rows that code of ours makes, for a statement to read.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "convert/slot.h"
#include "model/schema.h"
#include "worker/duckdb.h"

namespace hansa::worker {

// Read by several threads, each with a part of its own.
struct Made {
  struct Part {
    virtual ~Part() = default;
    // Fills rows from 0 on, at most `most`; 0 is the end.
    virtual Result<std::uint64_t> fill(std::span<convert::Slot> slots, convert::Memory& memory,
                                       std::uint64_t most) = 0;
  };
  virtual ~Made() = default;
  virtual const Schema& columns() const = 0;
  virtual std::unique_ptr<Part> part() = 0;
};

// Makes `NAME()` a table function for as long as the process lives, and every statement sees it:
// only for a worker that runs nobody's. `made` is looked at until its statement has ended. Errors:
// internal.
Result<void> offer(Connection& connection, const std::string& name, Made& made,
                   std::uint32_t threads);

}  // namespace hansa::worker
