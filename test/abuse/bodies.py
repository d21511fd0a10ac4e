"""H9, J10, H10: bodies that are not what a field wants. A client's fault is 400, 413 or 401; never 500."""
import json
import re
import time

from common import Mesh, company, raw
from mesh import new_ulid

MIB = 1 << 20
# What an answer to a client's fault never holds.
INSIDE = re.compile(r"/(?:home|work|tmp|root|usr|proc)/|\.cc:|\.h:|nlohmann|sqlite|SELECT \*|std::|exception|terminate called|0x[0-9a-f]{8}", re.IGNORECASE)
ULID = re.compile(r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b")


def inside(text):
    return INSIDE.search(ULID.sub("", text))


def run(story):
    with Mesh() as mesh:
        company(mesh)
        json_texts(mesh, story.check)
        field_types(mesh, story.check)
        parameters(mesh, story.check)
        round_trips(mesh, story.check)
        story.check("the server lives", mesh.process.poll() is None)


def json_texts(mesh, check):
    path = "/api/v1/access"
    head = '{"port":"finance/payouts","purpose":'
    texts = {
        "depth 100,000 of lists": "[" * 100_000 + "]" * 100_000,
        "depth 100,000 of objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
        "depth 100,000 inside a field": head + "[" * 100_000 + "]" * 100_000 + "}",
        "an open depth of 8,000,000": "[" * 8_000_000,
        "a million keys": "{" + ",".join(f'"k{n}":1' for n in range(600_000)) + "}",
        "a duplicate key": '{"port":"finance/payouts","port":"audience/plays","purpose":"a purpose long enough"}',
        "a duplicate key, escaped": '{"port":"finance/payouts","p\\u006frt":"audience/plays","purpose":"a purpose long enough"}',
        "1e308": head + "1e308}", "1e309": head + "1e309}", "-1e400": head + "-1e400}", "a long number": head + "9" * 100_000 + "}",
        "1e-400": head + "1e-400}", "NaN": head + "NaN}", "Infinity": head + "Infinity}", "01": head + "01}", "+1": head + "+1}", ".5": head + ".5}",
        "a lone high surrogate": head + '"\\ud800 is long enough"}', "a lone low surrogate": head + '"\\udc00 is long enough"}',
        "surrogates the wrong way": head + '"\\udc00\\ud800 is long enough"}', "a surrogate in a key": '{"\\ud800":1}',
        "bytes that are no UTF-8": b'{"port":"finance/payouts","purpose":"\xff\xfe is long enough"}', "an overlong slash": b'{"port":"finance\xc0\xafpayouts","purpose":"long enough"}',
        "a NUL in a string": head + '"\\u0000 is long enough"}', "a raw NUL": b'{"port":"finance/payouts","purpose":"\0 long enough"}',
        "a raw line break": head + '"is long\nenough"}', "nothing": "", "a blank": " ", "a BOM": b"\xef\xbb\xbf{}", "two documents": "{}{}", "a comment": "/* */{}",
        "a trailing comma": '{"port":"finance/payouts",}', "single quotes": "{'port':'finance/payouts'}", "UTF-16": '{"port":"x"}'.encode("utf-16"),
        "a list": "[]", "a string": '"x"', "a number": "1", "null": "null", "true": "true", "cut": head, "__proto__": '{"__proto__":{"administrator":true}}',
        "an id that is another": '{"port":"finance/payouts","purpose":"long enough here","number":"r-1"}',
    }
    for name, text in texts.items():
        answer = mesh.call("ann", "POST", path, raw=text if isinstance(text, bytes) else text.encode(), headers={"content-type": "application/json"})
        check(f"H9 {name}: refused", answer.status in (400, 413), (answer.status, answer.body[:200]))
        check(f"H9 {name}: a short answer without insides", len(answer.body) < 4096 and not inside(answer.body.decode()), answer.body[:300])
        json.loads(answer.body)
    for length, name in ((100 * MIB, "a body of 100 MB"), (9 * MIB, "a body of 9 MB")):
        host = f"POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {mesh.token('ann')}\r\ncontent-type: application/json\r\n"
        got, closed = raw(mesh, (host + f"content-length: {length}\r\n\r\n").encode(), more=head.encode() + b'"' + b"x" * (4 * MIB), timeout=5)
        check(f"H9 {name}: refused before it is there", got[9:12] == b"413" and closed, got[:120])
    answer = mesh.call("ann", "POST", path, raw=(head + '"' + "x" * (7 * MIB) + '"}').encode(), headers={"content-type": "application/json"})
    check("H9 a string of 7 MB: refused by its own limit", answer.status == 400 and len(answer.body) < 4096, answer.status)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", "application/xml", ""):
        answer = mesh.call("ann", "POST", path, raw=b'{"port":"finance/payouts","purpose":"long enough to be one"}', headers={"content-type": kind})
        check(f"H5: {kind or 'no content type'} is no JSON", answer.status == 415, answer)


HUGE = {"an object": {"a": {"b": 1}}, "an empty object": {}, "a list": [1, "a", None], "an empty list": [], "null": None, "true": True, "a number": 1,
        "a fraction": 1.5, "a negative number": -1, "2^63": 2**63, "2^64": 2**64, "1e300": 1e300, "a huge text": "x" * 200_000, "a list of lists": [[[]]],
        "an empty text": "", "a text of blanks": "   ", "control characters": "a\x00b\x1f", "quotes": "'\"`;--", "a template": "${jndi:ldap://x}{{7*7}}",
        "right to left": "\u202egnp", "a path": "../../etc/passwd", "an address": "http://169.254.169.254/", "half a name": "finance/", "wide": "\U0001f600" * 40}


def plausible(name, schema):
    """A value that the schema takes, so that one field at a time is wrong."""
    kind = schema.get("type")
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "date-time":
        return "2099-01-01T00:00:00Z"
    known = {"port": "finance/payouts", "purpose": "a purpose long enough", "name": "xname", "sql": "select 1", "publish": new_ulid(), "target": "finance/payouts",
             "into": "acme", "as": "a.b", "password": "long enough to be one", "reason": "because", "format": "json", "to": "1"}
    if kind == "string":
        return known.get(name, "x")
    return {"integer": 1, "number": 1.0, "boolean": False, "array": [], "object": {}}.get(kind)


def routes(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def body_schema(operation):
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return content.get("schema", {})


def field_types(mesh, check):
    document = mesh.call("", "GET", "/openapi.json").json()
    count, faults, told, accepted = 0, [], [], []
    for method, path, operation in routes(document):
        fields = body_schema(operation).get("properties", {})
        concrete = re.sub(r"{(\w+)}", lambda m: {"domain": "finance", "port": "payouts", "number": "r-999", "name": "nobody"}.get(m[1], "x"), path)
        for field, schema in fields.items():
            for says, value in HUGE.items():
                for who in ("ann", "admin"):
                    body = {name: plausible(name, each) for name, each in fields.items() if name in body_schema(operation).get("required", [])}
                    body[field] = value
                    answer = mesh.call(who, method, concrete, body)
                    count += 1
                    wrong = wrong_type(schema, value)
                    if answer.status >= 500:
                        faults.append((method, path, field, says, answer))
                    if wrong and not refused(answer):
                        accepted.append((method, path, field, says, answer))
                    # A backup holds all there is, for an administrator.
                    if answer.status == 200 and path == "/api/v1/backup" and who == "admin":
                        continue
                    if len(answer.body) > 20_000 or inside(answer.body.decode(errors="replace").replace("../../etc/passwd", "")):
                        told.append((method, path, field, says, answer.body[:300]))
    print(f"fields: {count} bodies with one wrong field")
    check("J10: no body is a fault of the server", not faults, faults[:3])
    check("J10: a value of the wrong kind is 400", not accepted, accepted[:3])
    check("H10: no answer tells of the inside", not told, told[:3])


def refused(answer):
    # Who may not do it at all may be told so first.
    return answer.status in (400, 401, 403, 404, 413)


def wrong_type(schema, value):
    kind = schema.get("type")
    if kind is None:
        return False
    if value is None:  # absent and null are one for what is optional
        return False
    is_a = {"string": isinstance(value, str), "boolean": isinstance(value, bool), "object": isinstance(value, dict), "array": isinstance(value, list),
            "integer": isinstance(value, int) and not isinstance(value, bool), "number": isinstance(value, (int, float)) and not isinstance(value, bool)}
    return not is_a[kind]


def parameters(mesh, check):
    """The same for what stands in the address."""
    document = mesh.call("", "GET", "/openapi.json").json()
    values = ["", "%00", "%ff%fe", "%c0%af", "-1", "0", "1001", "99999999999999999999", "1e3", "x" * 5000, "%F0%9F%98%80" * 60, "'", "..%2f..", "null", "true", "%7B%7D",
              "[]", "%E2%80%AE", "a%0d%0ab", "1%3B2", "%25", "+", "%2B"]
    faults, told, broken, count = [], [], [], 0
    for method, path, operation in routes(document):
        for parameter in operation.get("parameters", []):
            for value in values:
                if parameter["in"] == "path":
                    concrete = re.sub(r"{(\w+)}", lambda m, p=parameter, v=value: v if m[1] == p["name"] else "x", path)
                else:
                    concrete = re.sub(r"{(\w+)}", "x", path) + f"?{parameter['name']}={value}"
                for who in ("ann", "admin"):
                    answer = mesh.call(who, method, concrete, {} if method in ("POST", "PUT") else None)
                    count += 1
                    if answer.status >= 500:
                        faults.append((method, concrete, answer))
                    try:
                        text = answer.body.decode()
                    except UnicodeDecodeError:
                        broken.append((method, concrete, answer.body[:200]))
                        continue
                    # An audit repeats what was asked, for those who may read it.
                    if ("/audit" not in concrete and inside(text)) or len(text) > 2_000_000:
                        told.append((method, concrete, text[:300]))
    print(f"parameters: {count} addresses with one strange value")
    check("no parameter is a fault of the server", not faults, faults[:3])
    check("H10: no answer to one tells of the inside", not told, told[:3])
    check("every answer is UTF-8", not broken, broken[:3])
    twice = mesh.call("ann", "GET", "/api/v1/ports?limit=1&limit=2")
    check("a parameter given twice is refused", twice.status == 400, twice)
    check("one in path and body is refused", mesh.call("ann", "POST", "/api/v1/access/r-1/approve", {"number": "r-2"}).status == 400)
    check("an unknown one is refused", mesh.call("ann", "GET", "/api/v1/ports?admin=true").status == 400)


def round_trips(mesh, check):
    """What text a field takes comes back as it was, and in an audit that is JSON."""
    for text in ("\u00e4\u00f6\u00fc \U0001f600 \u202e rtl", "<script>alert(1)</script> <img src=x>", "=1+1 and +1 -1 @x", "quotes ' \" ` \\ %s {}", "a\u2028b\u2029c long enough"):
        answer = mesh.call("bert", "POST", "/api/v1/access", {"port": "finance/payouts", "purpose": text})
        if answer.status == 200:
            number = answer.json()["number"]
            check(f"a purpose comes back: {text[:20]!r}", mesh.call("stella", "GET", f"/api/v1/access/{number}").json()["purpose"] == text)
            mesh.call("stella", "POST", f"/api/v1/access/{number}/reject", {"reason": text})
        else:
            check(f"or is refused: {text[:20]!r}", answer.status == 400, answer)
    # A recorded statement is cut at a length; the record stays readable.
    wide = "\U0001f600" * 5_000
    for shift in range(4):
        mesh.rows("ann", f"select count(*) from audience.plays where '{'x' * shift}{wide}' <> ''")
    for _ in range(100):  # the records of open data come a moment after the answer
        lines = mesh.call("admin", "GET", "/api/v1/audit?who=ann&kind=read&limit=10").json()["items"]
        if len(lines) == 4:
            break
        time.sleep(0.02)
    check("a cut statement leaves a whole record", len(lines) == 4 and all((line["details"] or {}).get("rows") == 1 for line in lines), lines)
    heads = mesh.call("ann", "GET", "/api/v1/ports").headers
    check("H12: governed answers are not kept", heads["cache-control"] == "no-store" and heads["x-content-type-options"] == "nosniff")
    csv = mesh.sql("ann", "select '=1+1' as a, '\"; filename=x' as b", format="csv")
    check("H11: CSV is CSV", csv.body == b'a,b\r\n=1+1,"""; filename=x"\r\n' or csv.body.replace(b"\r", b"") == b'a,b\n=1+1,"""; filename=x"\n', csv.body)
