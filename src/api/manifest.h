// Everything as code: `plan` shows what manifests would change, `apply` makes it so, atomically.
#pragma once

#include <string>
#include <vector>

#include "api/route.h"

namespace hansa::api {

struct ManifestFile {
  std::string name;  // for messages: "listens.odps.yaml"
  std::string text;
};
void describe(Fields& f, ManifestFile& v);

struct PlanManifests {
  std::vector<ManifestFile> files;
};
void describe(Fields& f, PlanManifests& v);

struct FindingView {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string severity;  // error, warning
  std::string message;
  std::string next;
};
void describe(Fields& f, FindingView& v);

struct PlannedDetail {
  std::string sign;  // + ~ -
  std::string what;
  std::string from;
  std::string to;
  std::string verdict = {};  // compatible, warning, breaking: where somebody may read by it already
  std::string why = {};      // what readers notice
};
void describe(Fields& f, PlannedDetail& v);

// Who read a port lately by the contract that changes, and what of it.
struct PlannedReader {
  std::string who;
  std::uint64_t reads = 0;
  Time last;
  std::vector<std::string> columns;
  std::vector<std::string> hit;  // changes that break what it reads; none: it does not notice
};
void describe(Fields& f, PlannedReader& v);

struct PlannedChange {
  std::string sign;  // + add, ~ change
  std::string kind;  // product, port, contract, ...
  std::string name;
  std::vector<PlannedDetail> details;
  std::string verdict = {};  // the worst of its details
  std::vector<PlannedReader> readers = {};
};
void describe(Fields& f, PlannedChange& v);

// Why a change is refused, whoever asks for it.
struct BlockedView {
  std::string name;  // of the change: a port
  std::string why;
  std::string next;
};
void describe(Fields& f, BlockedView& v);

struct PlanView {
  std::vector<PlannedChange> changes;
  std::vector<BlockedView> blocked;  // while there is one, nothing of it can be applied
  std::vector<FindingView> findings;
  std::uint32_t adds = 0;
  std::uint32_t updates = 0;
  std::string digest;  // apply with it: what was reviewed, or a conflict
};
void describe(Fields& f, PlanView& v);
inline constexpr Route<PlanManifests, PlanView> plan_manifests{
    Method::post, "/api/v1/plan", "planManifests", "What these manifests would change", "manifest"};

struct ApplyManifests {
  std::vector<ManifestFile> files;
  std::string digest;  // of the plan that was reviewed; absent: whatever it is now
};
void describe(Fields& f, ApplyManifests& v);
struct Applied {
  PlanView plan;
  std::uint64_t seq = 0;  // of the commit; 0: nothing changed
};
void describe(Fields& f, Applied& v);
inline constexpr Route<ApplyManifests, Applied> apply_manifests{
    Method::post, "/api/v1/apply", "applyManifests", "Make it so, in one commit", "manifest"};

}  // namespace hansa::api
