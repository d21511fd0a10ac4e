// Deleting a port, product or account: first who is hit, then, if that is still so, done.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/product.h"
#include "api/route.h"
#include "model/deletion.h"
#include "model/spelling.h"

namespace hansa::api {

struct PlanDeletion {
  DeletionKind kind = DeletionKind::port;
  std::string name;  // domain/port@1, domain/product, or an account's
};
void describe(Fields& f, PlanDeletion& v);

struct GoneView {
  std::string kind;
  std::string name;
  std::uint64_t snapshots = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};
void describe(Fields& f, GoneView& v);

// Something that ends with it.
struct HitView {
  std::string kind;  // access, request, mount, derived
  std::string what;  // r-7, a place in a catalog, a port
  std::string who;   // who holds, asked, or owns it
  std::string says;  // what becomes of it
  bool others = false;
};
void describe(Fields& f, HitView& v);

struct ReaderView {
  std::string who;
  std::uint64_t reads = 0;
  Time last;
  bool others = false;
};
void describe(Fields& f, ReaderView& v);

struct DeletionPlan {
  DeletionKind kind = DeletionKind::port;
  std::string name;
  std::string id;
  std::vector<GoneView> goes;
  std::vector<HitView> hit;
  std::vector<ReaderView> readers;
  bool more_readers = false;
  std::vector<std::string> notes;
  std::uint64_t snapshots = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint64_t others = 0;
  std::string digest;
};
void describe(Fields& f, DeletionPlan& v);
inline constexpr Route<PlanDeletion, DeletionPlan> plan_deletion{
    Method::post, "/api/v1/deletions/plan", "planDeletion",
    "What would go with a port, product or account, and who is hit", "catalog"};

struct Delete {
  DeletionKind kind = DeletionKind::port;
  std::string name;
  std::string digest;      // of the plan that was looked at
  bool override_ = false;  // although others are hit
  std::string why;
};
void describe(Fields& f, Delete& v);

struct DeletionView {
  DeletionKind kind = DeletionKind::port;
  std::string name;
  std::string id;  // of what was deleted
  Time at;
  std::string by;
  std::string why;
  std::uint64_t seq = 0;
};
void describe(Fields& f, DeletionView& v);
inline constexpr Route<Delete, DeletionView> make_deletion{
    Method::post, "/api/v1/deletions", "makeDeletion",
    "Delete a port, product or account as it was planned, in one commit", "catalog"};
inline constexpr Route<List, PageOf<DeletionView>> list_deletions{
    Method::get, "/api/v1/deletions", "listDeletions",
    "What was deleted, of what the caller may know", "catalog"};

}  // namespace hansa::api
