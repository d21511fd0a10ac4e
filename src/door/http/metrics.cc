#include "door/http/metrics.h"

#include <fmt/format.h>

#include "door/http/bind.h"
#include "service/authority/running.h"

namespace hansa::http {
namespace {

void add_mesh(MetricsText& out, const House& house) {
  const auto [seq, ports, principals, grants] = house.live.read([](const service::View& view) {
    return std::tuple(view.seq.number, view.mesh.all<Port>().size(),
                      view.mesh.all<Principal>().size(), view.mesh.all<Grant>().size());
  });
  out.gauge("commit_seq", "Number of the last commit applied.", seq);
  out.gauge("ports", "Output ports, every major one.", ports);
  out.gauge("principals", "Users, service accounts, roles and groups.", principals);
  out.gauge("grants", "Requests and grants, whatever their state.", grants);
}

void add_queries(MetricsText& out, const service::Running& running) {
  out.gauge("queries_running", "Governed streams open now.", running.count());
  const service::QueryFigures& figures = running.figures();
  out.family("queries_total", "Queries that ended, by how.", "counter");
  for (std::size_t i = 0; i < service::outcomes.size(); ++i)
    out.line("queries_total", fmt::format("outcome=\"{}\"", service::outcomes[i]),
             figures.ended[i].load());
  out.histogram("query_seconds", "From the question to the end of the answer.", figures.took);
  out.counter("query_rows_total", "Rows that left.", figures.rows.load());
  out.counter("query_bytes_total", "Encoded bytes that left.", figures.bytes_out.load());
  out.counter("query_scanned_bytes_total", "Bytes of data files that were read.",
              figures.bytes_scanned.load());
}

void add_requests(MetricsText& out, const Routes& routes) {
  out.family("http_requests_total", "Requests answered, by operation and status.", "counter");
  for (const auto& bound : routes.all())
    for (std::size_t i = 0; i < Answers::statuses.size(); ++i)
      if (const std::uint64_t count = bound->answers.counts[i].load(); count != 0)
        out.line(
            "http_requests_total",
            fmt::format("operation=\"{}\",status=\"{}\"", bound->info.id, Answers::statuses[i]),
            count);
  out.histogram("http_request_seconds", "From a request's body to the head of its answer.",
                routes.took());
}

}  // namespace

void MetricsText::family(std::string_view name, std::string_view says, std::string_view type) {
  text_ += fmt::format("# HELP hansa_{0} {1}\n# TYPE hansa_{0} {2}\n", name, says, type);
}

void MetricsText::line(std::string_view name, std::string_view labels, std::uint64_t value) {
  text_ += labels.empty() ? fmt::format("hansa_{} {}\n", name, value)
                          : fmt::format("hansa_{}{{{}}} {}\n", name, labels, value);
}

void MetricsText::gauge(std::string_view name, std::string_view says, std::uint64_t value) {
  family(name, says, "gauge");
  line(name, {}, value);
}

void MetricsText::counter(std::string_view name, std::string_view says, std::uint64_t value) {
  family(name, says, "counter");
  line(name, {}, value);
}

void MetricsText::histogram(std::string_view name, std::string_view says,
                            const Histogram& histogram) {
  family(name, says, "histogram");
  const Histogram::Seen seen = histogram.look();
  const std::string buckets = std::string(name) + "_bucket";
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < seen.counts.size(); ++i) {
    count += seen.counts[i];
    const std::string bound =
        i < Histogram::bounds_us.size()
            ? fmt::format("{}", static_cast<double>(Histogram::bounds_us[i]) / 1e6)
            : "+Inf";
    line(buckets, fmt::format("le=\"{}\"", bound), count);
  }
  text_ += fmt::format("hansa_{0}_sum {1:.6f}\nhansa_{0}_count {2}\n", name,
                       static_cast<double>(seen.sum_us) / 1e6, count);
}

std::string metrics_of(Routes& routes) {
  MetricsText out;
  add_mesh(out, routes.house());
  add_queries(out, routes.house().running);
  add_requests(out, routes);
  routes.house().add_figures(out);
  return out.text();
}

}  // namespace hansa::http
