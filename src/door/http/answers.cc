// /answer/TOKEN: the page behind a link in a mail. Whoever looks at it, a scanner of mail for one,
// changes nothing; its button does. No script, nothing from elsewhere, and no trace of the address.
#include <fmt/format.h>

#include "api/answer_link.h"
#include "base/text.h"
#include "door/http/bind.h"
#include "service/answer_links.h"

namespace hansa::http {
namespace {

constexpr std::size_t kFormBytesMax = 8 * 1024;

struct Token {
  std::string token;
};
void describe(Fields& f, Token& v) { f.required("token", v.token, "out of a mail"); }

api::RouteInfo info(api::Method method, std::string id, std::string says) {
  return {.method = method,
          .path = std::string(api::answer_path) + "{token}",
          .id = std::move(id),
          .says = std::move(says),
          .tag = "versions",
          .ask = schema_of<Token>(),
          .answer = Json(),
          .answer_type = "text/html"};
}

net::Response page(int status, const std::string& title, const std::string& body) {
  return {.status = status,
          .headers = {{"content-type", "text/html; charset=utf-8"},
                      {"cache-control", "no-store"},
                      {"content-security-policy",
                       "default-src 'none'; base-uri 'none'; form-action 'self'; "
                       "frame-ancestors 'none'"},
                      {"x-content-type-options", "nosniff"},
                      {"x-frame-options", "DENY"},
                      {"x-robots-tag", "noindex"},
                      {"referrer-policy", "no-referrer"}},
          .text = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
                  markup_text(title) + "</title></head><body><h1>" + markup_text(title) + "</h1>" +
                  body + "</body></html>\n"};
}

net::Response refused(const Error& error) {
  return page(api::status_of(error.code), "That did not work",
              "<p>" + markup_text(error.text) + "</p><p>" + markup_text(error.next) + "</p>");
}

std::string_view button_of(Answer answer) {
  switch (answer) {
    case Answer::moved: return "We read the new version";
    case Answer::needs_until: return "We need it until then";
    case Answer::not_mine: return "We do not read it";
    case Answer::question: return "Ask";
    case Answer::none: break;
  }
  return "Answer";
}

std::string form_of(const service::LinkShown& link) {
  std::string out = "<form method=\"post\">";
  if (link.answer == Answer::needs_until)
    out += "<p><label>Until <input type=\"date\" name=\"until\" required></label></p>";
  if (link.answer == Answer::question || link.answer == Answer::needs_until)
    out += fmt::format(
        "<p><label>{} <input name=\"text\" size=\"80\" maxlength=\"500\"{}></label></p>",
        link.answer == Answer::question ? "Question" : "Why",
        link.answer == Answer::question ? " required" : "");
  return out + fmt::format("<button>{}</button></form>", button_of(link.answer));
}

std::string about(const service::LinkShown& link) {
  return fmt::format("<p>{} ends on {}: {}</p><p>For {}.</p>", markup_text(link.port),
                     to_text(link.until).substr(0, 10), markup_text(link.why),
                     markup_text(link.consumer));
}

struct Form {
  std::optional<Time> until;
  std::string text;
};

// application/x-www-form-urlencoded. Errors: invalid.
Result<Form> form_from(std::string_view body) {
  Form out;
  for (const std::string_view pair : split(body, '&')) {
    const auto equals = pair.find('=');
    if (pair.empty()) continue;
    if (equals == std::string_view::npos) return invalid("the form is damaged");
    std::string encoded(pair.substr(equals + 1));
    for (char& each : encoded)
      if (each == '+') each = ' ';
    HANSA_TRY(std::string value, percent_decode(encoded));
    if (pair.substr(0, equals) == "until") {
      HANSA_TRY(out.until, parse_time(value));
    } else if (pair.substr(0, equals) == "text") {
      out.text = std::move(value);
    } else {
      return invalid("the form has a field that is not asked for");
    }
  }
  return out;
}

bool is_form(const net::Request& request) {
  const std::string* type = request.header("content-type");
  return type != nullptr &&
         trim(lower_ascii(type->substr(0, type->find(';')))) == "application/x-www-form-urlencoded";
}

Result<service::LinkShown> use(const service::Context& context, House& house,
                               const std::string& token, net::Request& request) {
  HANSA_TRY(const std::string body, drain(*request.body, kFormBytesMax));
  if (!body.empty() && !is_form(request)) return invalid("this takes the form of its page alone");
  HANSA_TRY(const Form form, form_from(body));
  return service::use_link(context, house.live, house.world, house.sealer, token, form.until,
                           form.text);
}

}  // namespace

void add_answers(Routes& routes) {
  House& house = routes.house();
  routes.add_handler(
      info(api::Method::get, "showAnswer", "The page behind a link in a mail; it changes nothing"),
      false, 0,
      [&house](const service::Context& context, const Json& ask,
               net::Request&) -> Result<net::Response> {
        HANSA_TRY(const Token wanted, from_json<Token>(ask));
        const auto link = service::look_at_link(context, house.live, house.sealer, wanted.token);
        if (!link) return refused(link.error());
        return page(200, "Your answer", about(*link) + form_of(*link));
      });
  routes.make_last_open();
  routes.add_handler(
      info(api::Method::post, "useAnswer", "Answer a notice by a link in a mail, once"), true, 0,
      [&house](const service::Context& context, const Json& ask,
               net::Request& request) -> Result<net::Response> {
        HANSA_TRY(const Token wanted, from_json<Token>(ask));
        const auto link = use(context, house, wanted.token, request);
        if (!link) return refused(link.error());
        return page(200, "Thank you",
                    about(*link) +
                        "<p>Your answer is noted, and its owner sees it. This link does "
                        "not work again.</p>");
      });
  routes.make_last_open();
}

}  // namespace hansa::http
