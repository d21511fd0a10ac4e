"""H2, J6, H1: bytes that two readers could read differently, and paths that are not the one they look like."""
import re
import time

from common import Mesh, company, raw

ANSWER = re.compile(rb"HTTP/1\.1 [1-5][0-9][0-9] [A-Z]")
REQUEST = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n"
# What follows a smuggled body: it must never be answered.
INNER = b"GET /api/v1/whoami HTTP/1.1\r\nhost: localhost\r\n\r\n"

POST = b"POST /api/v1/sign-in HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
SMUGGLED = {
    "CL and TE": POST + b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + INNER,
    "TE and CL": POST + b"transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n" + INNER,
    "two lengths": POST + b"content-length: 0\r\ncontent-length: 60\r\n\r\n" + INNER,
    "two equal lengths": POST + b"content-length: 2\r\ncontent-length: 2\r\n\r\n{}" + INNER,
    "a list of lengths": POST + b"content-length: 2, 2\r\n\r\n{}" + INNER,
    "a length with a plus": POST + b"content-length: +2\r\n\r\n{}" + INNER,
    "a negative length": POST + b"content-length: -1\r\n\r\n" + INNER,
    "a hexadecimal length": POST + b"content-length: 0x2\r\n\r\n{}" + INNER,
    "a length beyond 64 bits": POST + b"content-length: 18446744073709551617\r\n\r\n{}" + INNER,
    "an empty length": POST + b"content-length:\r\n\r\n" + INNER,
    "obs-fold": REQUEST + b"x-a: 1\r\n continued\r\n\r\n" + INNER,
    "obs-fold of a coding": POST + b"transfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + INNER,
    "a bare LF": b"GET /healthz HTTP/1.1\nhost: localhost\n\n" + INNER,
    "a bare LF in the middle": REQUEST + b"x-a: 1\nx-b: 2\r\n\r\n" + INNER,
    "a bare CR": REQUEST + b"x-a: 1\rx-b: 2\r\n\r\n" + INNER,
    "a NUL": REQUEST + b"x-a: 1\0\r\n\r\n" + INNER,
    "a blank before the colon": POST + b"transfer-encoding : chunked\r\n\r\n0\r\n\r\n" + INNER,
    "a tab before the colon": POST + b"content-length\t: 2\r\n\r\n{}" + INNER,
    "TE identity": POST + b"transfer-encoding: identity\r\n\r\n" + INNER,
    "TE xchunked": POST + b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n" + INNER,
    "TE gzip, chunked": POST + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + INNER,
    "TE chunked, chunked": POST + b"transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + INNER,
    "two TE": POST + b"transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n" + INNER,
    "TE with a vertical tab": POST + b"transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + INNER,
    "TE quoted": POST + b"transfer-encoding: \"chunked\"\r\n\r\n0\r\n\r\n" + INNER,
    "a chunk of -2": POST + b"transfer-encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n" + INNER,
    "a chunk of 0x2": POST + b"transfer-encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n" + INNER,
    "a chunk of 2^64": POST + b"transfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n" + INNER,
    "a chunk beyond 2^64": POST + b"transfer-encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n0\r\n\r\n" + INNER,
    "a chunk extension": POST + b"transfer-encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n" + INNER,
    "a chunk with a bare LF": POST + b"transfer-encoding: chunked\r\n\r\n2\n{}\n0\n\n" + INNER,
    "a chunk longer than it says": POST + b"transfer-encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n" + INNER,
    "a trailer": POST + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx-a: b\r\n\r\n" + INNER,
    "an absolute address of another host": b"GET http://evil.example/healthz HTTP/1.1\r\nhost: localhost\r\n\r\n" + INNER,
    "an absolute address": b"GET http://localhost/healthz HTTP/1.1\r\nhost: localhost\r\n\r\n" + INNER,
    "a user in the host": b"GET /healthz HTTP/1.1\r\nhost: a@localhost\r\n\r\n" + INNER,
    "two hosts": REQUEST + b"host: evil.example\r\n\r\n" + INNER,
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n" + INNER,
    "no version": b"GET /healthz\r\nhost: localhost\r\n\r\n" + INNER,
    "HTTP/0.9": b"GET /healthz\r\n" + INNER,
    "HTTP/1.0": b"GET /healthz HTTP/1.0\r\nhost: localhost\r\n\r\n" + INNER,
    "HTTP/2.0": b"GET /healthz HTTP/2.0\r\nhost: localhost\r\n\r\n" + INNER,
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + INNER,
    "blanks in the request line": b"GET  /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n" + INNER,
    "a blank in the path": b"GET /heal thz HTTP/1.1\r\nhost: localhost\r\n\r\n" + INNER,
    "a method of other letters": b"get /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n" + INNER,
    "CONNECT": b"CONNECT localhost:80 HTTP/1.1\r\nhost: localhost\r\n\r\n" + INNER,
    "an asterisk": b"OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n" + INNER,
    "200 headers": REQUEST + b"".join(b"x-%d: 1\r\n" % n for n in range(200)) + b"\r\n" + INNER,
    "a header of 100 KB": REQUEST + b"x-a: " + b"a" * 100_000 + b"\r\n\r\n" + INNER,
    "an address of 100 KB": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nhost: localhost\r\n\r\n" + INNER,
    "a line before the request": b"\r\nGET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n" + INNER,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
    "bytes": bytes(range(256)) * 4,
}


def run(story):
    with Mesh() as mesh:
        company(mesh)
        smuggling(mesh, story.check)
        identity(mesh, story.check)
        mutations(mesh, story.check)
        story.check("the server lives", mesh.process.poll() is None)


def smuggling(mesh, check):
    for name, data in SMUGGLED.items():
        got, closed = raw(mesh, data, timeout=3)
        answers = len(ANSWER.findall(got))
        first = got.split(b"\r\n", 1)[0]
        check(f"H2 {name}: refused", first[9:10] in (b"4", b"5") and first[9:12] != b"500", first)
        check(f"H2 {name}: once, and closed", answers == 1 and closed, (answers, closed, got[:300]))
    print(f"smuggling: {len(SMUGGLED)} requests")
    good = (POST + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + REQUEST + b"connection: close\r\n\r\n")
    got, closed = raw(mesh, good)
    check("two good requests behind each other are two", len(ANSWER.findall(got)) == 2 and b"200" in got.split(b"HTTP/1.1 ")[-1][:4], got)
    endless = POST + b"transfer-encoding: chunked\r\n\r\n"
    start = time.monotonic()
    got, closed = raw(mesh, endless, more=b"10000\r\n" + b" " * 65536 + b"\r\n" + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 300, timeout=10)
    check("H1: a body without an end is cut", b" 401 " in got[:40] or b" 413 " in got[:40] or b" 400 " in got[:40], got[:100])
    check("H1: soon", time.monotonic() - start < 8)


def identity(mesh, check):
    """H3, J7: no header but the token says who one is; what a proxy would say is not believed."""
    token = mesh.token("ann")
    for header in ("x-forwarded-user: admin", "x-remote-user: admin", "remote_user: admin", "x-user: admin", "actor: admin", "x-actor: urn:admin",
                   "x-forwarded-for: 127.0.0.1", "forwarded: for=127.0.0.1;by=admin", "x-original-url: /api/v1/whoami", "x-http-method-override: DELETE",
                   "x-rewrite-url: /healthz", "x-hansa-user: admin", "cookie: token=" + mesh.token("admin"), "x-api-key: " + mesh.token("admin"),
                   "proxy-authorization: Bearer " + mesh.token("admin")):
        ask = f"GET /api/v1/whoami HTTP/1.1\r\nhost: localhost\r\n{header}\r\nconnection: close\r\n\r\n".encode()
        check(f"J7: {header.split(':')[0]} makes nobody", raw(mesh, ask)[0].startswith(b"HTTP/1.1 401"), header)
        ask = ask.replace(b"connection:", b"authorization: Bearer " + token.encode() + b"\r\nconnection:")
        check(f"J7: {header.split(':')[0]} makes nobody else", b'"name":"ann"' in raw(mesh, ask)[0], header)
    for value in ("", "Bearer", "Bearer ", "Bearer  ", "bearer x", "Basic", "Basic !!", "Basic Og==", "Token " + token, token, "Bearer " + token[:-1],
                  "Bearer " + token + "x", "Bearer " + token.swapcase(), "Bearer " + token + " " + token, "Bearer\t" + token, "Digest x",
                  "Bearer null", "Bearer undefined", "Bearer 0", "Bearer %00", "Bearer ' or 1=1 --", "Bearer " + "a" * 4000):
        answer = mesh.call("", "GET", "/api/v1/whoami", headers={"authorization": value})
        check(f"J2: {value[:20]!r} is no token", answer.status == 401, answer)
    both = f"GET /api/v1/whoami HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer x\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
    check("J2: two authorizations are none", raw(mesh, both.encode())[0][9:12] in (b"400", b"401"))
    answer = mesh.call("", "GET", "/api/v1/whoami?token=" + token + "&access_token=" + token)
    check("J7: no token in an address", answer.status == 401, answer)


def mutated(path):
    """Spellings of a path that some router somewhere takes for it, or for something open."""
    parts = path.strip("/").split("/")
    last, rest = parts[-1], "/".join(parts[:-1])
    yield from (f"/{rest};a=b/{last}", f"/{rest}/{last};v1/sign-in", f"/{rest}/;/{last}", f"//{rest}/{last}", f"/{rest}//{last}", f"/{rest}/{last}/",
                f"/{rest}/{last}//", f"/{rest}%2f{last}", f"/{rest}%2F{last}", f"/{rest}/%2e/{last}", f"/{rest}/./{last}", f"/healthz/../{rest}/{last}",
                f"/healthz/..%2f{rest}/{last}", f"/healthz/%2e%2e/{rest}/{last}", f"/openapi.json/../{rest}/{last}", f"/openapi.json/{rest}/{last}",
                f"/{rest}/{last}/openapi.json", f"/{rest}/{last}.json", f"/{rest}/{last}?", f"/{rest}/{last}?/healthz", f"/{rest}/{last}%3f", f"/{rest}/{last}%23",
                f"/{rest}/{last}%00", f"/{rest}/{last}%00.json", f"/{rest}/{last}%20", f"/{rest}/{last}%0a", f"/{rest}/{last}%0d%0ax:y", f"/{rest}\\{last}",
                f"/{rest}%5c{last}", f"/{rest.upper()}/{last.upper()}", f"/{rest}/{last.upper()}", f"/{rest.replace('v1', 'v2')}/{last}",
                f"/{rest.replace('v1', 'V1')}/{last}", f"/{rest.replace('v1', 'v1.0')}/{last}", f"/{rest.replace('api/', '')}/{last}",
                f"/{rest}/{last[:1]}%{ord(last[1:2] or 'x'):02x}{last[2:]}", f"/{rest}/%25{ord(last[0]):02x}{last[1:]}", f"/{rest}/{last}%c0%af",
                f"/{rest}/{last}%u002f", f"/{rest}/{last}\u00e9".encode().decode("latin-1"), f"/{rest}/*", f"/{rest}/{last}*", f"/{rest}/{last}:8080",
                f"/{rest}/{last}@localhost", f"/{rest}/{last}~", f"/{rest}/{last}.bak", f"/{rest}/..;/{last}", f"/{rest}/{last}#x", "/..", "/%2e%2e/%2e%2e/etc/passwd")


def mutations(mesh, check):
    document = mesh.call("", "GET", "/openapi.json").json()
    statuses, count, bad = {}, 0, []
    for path, methods in document["paths"].items():
        concrete = path.replace("{", "").replace("}", "")
        if len(concrete.strip("/").split("/")) < 2:
            continue
        for spelling in mutated(concrete):
            for method in sorted({m.upper() for m in methods} | {"GET"}):
                data = (f"{method} {spelling} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").encode("latin-1")
                got, _ = raw(mesh, data, timeout=5)
                status = got[9:12].decode() if got else "none"
                statuses[status] = statuses.get(status, 0) + 1
                count += 1
                if status not in ("400", "401", "404", "405"):
                    bad.append((method, spelling, got[:120]))
    print(f"paths: {count} mutations of {len(document['paths'])} routes as a stranger: {dict(sorted(statuses.items()))}")
    check("J6: a stranger's mutated path is 400, 401 or 404", not bad, bad[:5])
    check("J6: enough of them", count >= 200)
