// As fields.h, of the runs of a contract's checks: tables hold some, and so does the noun `checks`.
#pragma once

#include "model/checks.h"
#include "model/spelling.h"

namespace hansa {

template <class F>
void describe(F& f, CheckResult& v) {
  f.required("name", v.name);
  f.required("kind", v.kind);
  f.required("columns", v.columns);
  f.required("status", v.status);
  f.required("warns", v.warns);
  f.required("measured", v.measured);
  f.required("wanted", v.wanted);
  f.required("why", v.why);
}

template <class F>
void describe(F& f, CheckRun& v) {
  f.required("at", v.at);
  f.required("by", v.by);
  f.required("snapshot", v.snapshot);
  f.required("publish", v.publish);
  f.required("rows", v.rows);
  f.required("passed", v.passed);
  f.required("failed", v.failed);
  f.required("warned", v.warned);
  f.required("not_run", v.not_run);
  f.required("results", v.results);
}

}  // namespace hansa
