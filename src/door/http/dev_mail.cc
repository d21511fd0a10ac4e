// /dev/mail: what would have been sent, as pages without scripts.
#include <fmt/format.h>

#include "base/text.h"
#include "door/http/bind.h"
#include "service/mailbox.h"

namespace hansa::http {
namespace {

api::RouteInfo page(std::string path, std::string id, std::string says, Json ask) {
  return {.method = api::Method::get,
          .path = std::move(path),
          .id = std::move(id),
          .says = std::move(says),
          .tag = "channels",
          .ask = std::move(ask),
          .answer = Json(),
          .answer_type = "text/html"};
}

net::Response html(std::string body) {
  return {.status = 200,
          .headers = {{"content-type", "text/html; charset=utf-8"},
                      {"cache-control", "no-store"},
                      {"content-security-policy",
                       "default-src 'none'; base-uri 'none'; form-action 'none'; "
                       "frame-ancestors 'none'; sandbox"},
                      {"x-content-type-options", "nosniff"},
                      {"referrer-policy", "no-referrer"}},
          .text = "<!doctype html><html><head><title>Mail</title></head><body>" + body +
                  "</body></html>\n"};
}

struct OneMail {
  std::uint64_t number = 0;
};
void describe(Fields& f, OneMail& v) { f.required("number", v.number); }

}  // namespace

void add_dev_mail(Routes& routes) {
  House& house = routes.house();
  const auto add = [&](api::RouteInfo info, auto make) {
    routes.add_handler(std::move(info), false, 0,
                       [&house, make](const service::Context& context, const Json& ask,
                                      net::Request&) -> Result<net::Response> {
                         HANSA_TRY(const auto all,
                                   service::list_caught_mail(context, house.live, house.mailbox));
                         return make(all, ask);
                       });
  };
  using All = std::vector<service::CaughtMail>;
  add(page("/dev/mail", "listCaughtMail", "Mail that was caught instead of sent, newest first",
           schema_of<api::Nothing>()),
      [](const All& all, const Json&) -> Result<net::Response> {
        std::string body = "<h1>Mail</h1><table>";
        for (const service::CaughtMail& each : all)
          body +=
              fmt::format("<tr><td>{}</td><td>{}</td><td><a href=\"/dev/mail/{}\">{}</a></td></tr>",
                          markup_text(to_words(each.at)), markup_text(each.to), each.number,
                          markup_text(each.subject));
        return html(body + "</table>");
      });
  add(page("/dev/mail/{number}", "getCaughtMail", "One mail that was caught", schema_of<OneMail>()),
      [](const All& all, const Json& ask) -> Result<net::Response> {
        HANSA_TRY(const OneMail wanted, from_json<OneMail>(ask));
        for (const service::CaughtMail& each : all)
          if (each.number == wanted.number)
            return html(fmt::format("<h1>{}</h1><p>{}</p><pre>{}</pre>", markup_text(each.subject),
                                    markup_text(each.to), markup_text(each.text)));
        return not_found("there is no such mail", "the last 200 are kept: /dev/mail");
      });
}

}  // namespace hansa::http
