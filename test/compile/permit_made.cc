// A permit comes from policy/decide and nowhere else.
// expect: Permit::Permit\(.*Decision.*private
#include "policy/decide.h"

using namespace hansa;

bool allowed(const policy::Rights& rights, const Mesh& mesh, const Ask& ask) {
#ifdef WRONG
  const Permit permit{policy::judge(rights, mesh, ask, Seq{1})};
#else
  const auto permit = policy::decide(rights, mesh, ask, Seq{1});
#endif
  (void)permit;
  return true;
}
