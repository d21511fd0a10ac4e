// Who asks, when, and how long it may take. Everything a job knows about its caller and the time.
#pragma once

#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/decision.h"
#include "model/ids.h"

namespace hansa::service {

struct Caller {
  PrincipalId id;
  CredentialId credential;
  std::string door;    // "http", "system"
  std::string client;  // what the client calls itself, cut and encoded
  std::string peer;    // its real address
};

// The refusals of one request, collected while the mesh is locked and recorded afterwards by
// whoever serves the request (authority/record).
class Trail {
 public:
  void add(Decision decision) { refusals_.push_back(std::move(decision)); }
  // The refusal added last, for whoever records it himself. There is one.
  Decision take_last() {
    HANSA_ASSERT(!refusals_.empty());
    Decision last = std::move(refusals_.back());
    refusals_.pop_back();
    return last;
  }
  std::vector<Decision> take() { return std::exchange(refusals_, {}); }

 private:
  std::vector<Decision> refusals_;
};

struct Context {
  Caller who;
  RequestId request;
  Time now;
  Time deadline;
  std::stop_token stop;
  Trail& trail;
};

}  // namespace hansa::service
