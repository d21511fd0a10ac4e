"""Z3, Z4, Z13: what one may not know of is not there: in no list, count, page, suggestion or error, in the very
words of what does not exist."""
import json
import re
import time

from common import COLUMNS, HIDDEN, Mesh, company, without_request
from mesh import new_ulid, product, team

SEEDED = 1_000
ULID = re.compile(r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b")


def hidden_products(mesh):
    """A thousand products nobody else may know of, between twenty that everybody may, so that pages could have gaps."""
    mesh.user("sly")
    mesh.apply("admin", team("shadow", ["sly"], "shade"))
    for batch in range(SEEDED // 200):
        mesh.apply("sly", "---\n".join(product("shade", f"n{n:04}_zq_hid", f"n{n:04}_zq_port", COLUMNS[:2], visibility="hidden")
                                       for n in range(200 * batch, 200 * batch + 200)))
    mesh.apply("sly", "---\n".join(product("shade", f"n{n:04}_pub", f"n{n:04}_open", COLUMNS[:2]) for n in range(0, SEEDED, 50)))
    mesh.apply("sly", "---\n".join(product("shade", name, name, COLUMNS[:2], visibility="hidden") for name in ("n0000_opem", "playz")))


def pages(mesh, who, path, limit):
    """All items of a list, and the sizes of its pages."""
    items, sizes, after = [], [], ""
    while True:
        joint = "&" if "?" in path else "?"
        answer = mesh.call(who, "GET", f"{path}{joint}limit={limit}" + (f"&after={after}" if after else ""))
        assert answer.status == 200, answer
        document = answer.json()
        items += document["items"]
        sizes.append(len(document["items"]))
        if not document.get("next"):
            return items, sizes
        after = document["next"].replace("/", "%2F").replace("@", "%40")


def run(story):
    check = story.check
    with Mesh() as mesh:
        company(mesh)
        start = time.monotonic()
        hidden_products(mesh)
        print(f"{SEEDED + 2} hidden products seeded in {time.monotonic() - start:.1f} s")
        own = len(pages(mesh, "sly", "/api/v1/products?domain=shade", 1000)[0])
        check("their team sees them", own == SEEDED + 20 + 2, own)
        ids = hidden_ids(mesh)
        for who in ("ann", "admin", "gus"):
            lists(mesh, check, who, ids)
        suggestions(mesh, check)
        sql(mesh, check)
        same_answers(mesh, check)
        ids_of_others(mesh, check)


def hidden_ids(mesh):
    items = pages(mesh, "sly", "/api/v1/ports?domain=shade", 1000)[0] + pages(mesh, "sly", "/api/v1/products?domain=shade", 1000)[0]
    return {item["id"] for item in items if item["hidden"]}


def tells(text, ids=()):
    words = [word for word in ("zq_hid", "zq_port", "n0000_opem", "playz", *HIDDEN) if word in text]
    return words + [found for found in ULID.findall(text) if found in ids]


def lists(mesh, check, who, ids):
    for path in ("products", "ports", "domains", "teams", "accounts", "mounts", "principals", "access", "queries", "products?domain=shade",
                 "ports?domain=shade", "audit?who=" + who):
        whole = "" if path == "queries" else ("&" if "?" in path else "?") + "limit=1000"
        answer = mesh.call(who, "GET", f"/api/v1/{path}{whole}")
        if who == "admin" and path.startswith("audit"):
            continue  # who administers the mesh reads its whole audit
        check(f"Z3: {who}: {path} names nothing hidden", tells(answer.body.decode(), ids) == [], tells(answer.body.decode(), ids)[:3])
    if who == "gus":
        check("Z3: a guest knows of nothing", pages(mesh, who, "/api/v1/products", 10)[0] == [])
        return
    for path, pattern in (("products?domain=shade", "_pub"), ("ports?domain=shade", "_open")):
        items, sizes = pages(mesh, who, f"/api/v1/{path}", 7)
        check(f"Z3: {who}: {path}: all that is open", len(items) == 20 and all(pattern in i["name"] for i in items), len(items))
        check(f"Z3: {who}: {path}: pages are full but the last", sizes == [7, 7, 6], sizes)
        items, sizes = pages(mesh, who, f"/api/v1/{path}", 20)
        check(f"Z3: {who}: {path}: no page behind the last", sizes == [20], sizes)
    domains = {d["name"]: d for d in pages(mesh, who, "/api/v1/domains", 100)[0]}
    check(f"Z3: {who}: a domain counts what one may know", domains["shade"]["products"] == 20 and domains["finance"]["products"] == 1,
          domains["shade"])


def suggestions(mesh, check):
    asked = ["/api/v1/ports/shade/n0000_zq_por", "/api/v1/ports/shade/n0000_opens", "/api/v1/ports/finance/zq_plan", "/api/v1/ports/x/playz",
             "/api/v1/ports/x/n0001_zq_port", "/api/v1/products/shade/n0001_zq_hi", "/api/v1/ports/shade/n0000_open@2",
             "/api/v1/explain?what=shade/n0001_zq_por", "/api/v1/audit?port=shade/n0001_zq_por", "/api/v1/mounts?into=shade-pro"]
    for path in asked:
        answer = mesh.call("ann", "GET", path)
        text = re.sub(re.escape(path.rsplit("/", 1)[-1]), "", answer.body.decode())
        names = [w for w in ("n0000_zq_port", "n0001_zq_port", "n0001_zq_hid", "n0000_opem", "zq_plans", "did you mean shade/n0000_zq")
                 if w in text]
        check(f"Z3: no suggestion names it: {path}", names == [], answer)
    for text in ("from shade.n0000_zq_por", "from shade.n0000_opens", "from shade.n0001_zq_ports", "from x.playz", "from finance.zq_plan"):
        answer = mesh.sql("ann", text)
        hits = [w for w in ("n0000_zq_port", "n0001_zq_port ", "n0000_opem", "zq_plans") if w in answer.json().get("next", "")]
        check(f"Z3: no suggestion names it: {text}", answer.status == 400 and hits == [], answer)
    near = mesh.sql("ann", "from shade.n0000_opens").json()
    check("a misspelt open one is suggested", "shade.n0000_open" in near["next"], near)


def sql(mesh, check):
    for text in ("select * from information_schema.tables", "select * from information_schema.columns", "select * from information_schema.schemata",
                 "show tables", "show all tables", "select count(*), max(table_name) from information_schema.tables where table_name like '%zq%'",
                 "select * from \"shade-prod\".information_schema.tables", "select * from \"shade-prod\".information_schema.columns"):
        answer = mesh.sql("ann", text)
        body = answer.body.decode().replace("like '%zq%'", "")
        check(f"Z3: {text}", answer.status in (200, 400) and not re.search(r"zq_|n0000_opem|playz", body), answer)
    counted = mesh.rows("ann", "select count(distinct table_name) from information_schema.tables where table_schema = 'shade'")
    check("Z3: information_schema counts what one may know", counted in ([[20]], [[40]]), counted)  # with or without _v1


READS = [  # (a hidden name's address, the same for one that is not there, of one length)
    ("/api/v1/products/{d}/{product}", ("finance", "zq_planning"), ("finance", "zq_plannino")),
    ("/api/v1/ports/{d}/{port}", ("finance", "zq_plans"), ("finance", "zq_plant")),
    ("/api/v1/ports/{d}/{port}@1", ("finance", "zq_plans"), ("finance", "zq_plant")),
    ("/api/v1/ports/{d}/{port}/snapshots", ("finance", "zq_plans"), ("finance", "zq_plant")),
    ("/api/v1/ports/{d}/{port}/housekeeping", ("finance", "zq_plans"), ("finance", "zq_plant")),
    ("/api/v1/explain?what={d}/{port}", ("finance", "zq_plans"), ("finance", "zq_plant")),
    ("/api/v1/explain?who=fin&what={d}/{port}", ("finance", "zq_plans"), ("finance", "zq_plant")),
    ("/api/v1/audit?port={d}/{port}", ("finance", "zq_plans"), ("finance", "zq_plant")),
    ("/api/v1/access?port={d}/{port}", ("finance", "zq_plans"), ("finance", "zq_plant")),
]
SQL_READS = ["select * from {d}.{port}", "describe {d}.{port}", "summarize {d}.{port}", "select 1 from {d}.{port}_v1",
             "select * from mesh.{d}.{port}", "select * from \"{d}-prod\".{d}.{port}", "select * from audience.plays, {d}.{port}",
             "select exists (from {d}.{port})"]
WRITES = [("POST", "/api/v1/access", {"port": "{d}/{port}", "purpose": "to find out whether it is there"}),
          ("POST", "/api/v1/mounts", {"target": "{d}/{port}", "into": "acme", "as": "a.b"}),
          ("POST", "/api/v1/publishes", {"publish": "01J00000000000000000000000", "port": "{d}/{port}", "mode": "append", "files": 1}),
          ("POST", "/api/v1/ports/{d}/{port}/rollback", {"to": "1"}),
          ("POST", "/api/v1/ports/{d}/{port}/housekeeping", {"before": "2020-01-01T00:00:00Z"}),
          ("DELETE", "/api/v1/ports/{d}/{port}/housekeeping", None), ("POST", "/api/v1/ports/{d}/{port}/compaction", {})]


def same_answers(mesh, check):
    def filled(value, d, name):
        if isinstance(value, dict):
            return {key: filled(each, d, name) for key, each in value.items()}
        return value.replace("{d}", d).replace("{port}", name).replace("{product}", name) if isinstance(value, str) else value

    def compare(says, ask, hidden, missing):
        for who in ("ann", "admin", "gus", "pia"):
            first, second = ask(who, *hidden), ask(who, *missing)
            a, b = without_request(first.body).replace(hidden[1].encode(), b"N"), without_request(second.body).replace(missing[1].encode(), b"N")
            heads = [sorted((k.lower(), v) for k, v in h.headers.items() if k.lower() not in ("date", "x-request-id", "content-length"))
                     for h in (first, second)]
            check(f"Z4: {who}: {says}", first.status == second.status and a == b and heads[0] == heads[1], (first, second))

    for path, hidden, missing in READS:
        compare(path, lambda who, d, name, path=path: mesh.call(who, "GET", filled(path, d, name)), hidden, missing)
    hidden, missing = ("finance", "zq_plans"), ("finance", "zq_plant")
    for text in SQL_READS:
        compare(text, lambda who, d, name, text=text: mesh.sql(who, filled(text, d, name)), hidden, missing)
    for method, path, body in WRITES:
        compare(path, lambda who, d, name, m=method, p=path, b=body: mesh.call(who, m, filled(p, d, name), filled(b, d, name)), hidden, missing)
    put = "/api/v1/uploads/01J00000000000000000000000/0?port={d}%2F{port}"
    compare(put, lambda who, d, name: mesh.call(who, "PUT", filled(put, d, name), raw=b"PAR1"), hidden, missing)
    # For a guest even the frame of the mesh is hidden: domains, teams, accounts, principals, catalogs.
    for path, there, missing in (("/api/v1/products?domain={port}", "finance", "finanxx"), ("/api/v1/ports?domain={port}", "finance", "finanxx"),
                                 ("/api/v1/mounts?into={port}", "acme", "acmx"), ("/api/v1/principals/{port}/tokens", "ann", "anx"),
                                 ("/api/v1/explain?who={port}&what=audience/plays", "ann", "anx"), ("/api/v1/audit?who={port}", "ann", "anx"),
                                 ("/api/v1/ports/{port}/plays", "audience", "audiencx"), ("/api/v1/products/{port}/listens", "audience", "audiencx")):
        guest(mesh, check, path, lambda name, path=path: mesh.call("gus", "GET", filled(path, "", name)), there, missing)
    for text, there, missing in (("from {port}.plays", "audience", "audiencx"), ("from \"{port}\".audience.plays", "audience-prod", "audience-prox"),
                                 ("from \"{port}\".information_schema.tables", "audience-prod", "audience-prox")):
        guest(mesh, check, text, lambda name, text=text: mesh.sql("gus", filled(text, "", name)), there, missing)
    guest(mesh, check, "catalog {port}", lambda name: mesh.sql("gus", "select 1", catalog=name), "audience-prod", "audience-prox")


def guest(mesh, check, says, ask, there, missing):
    first, second = ask(there), ask(missing)
    def plain(answer, name):
        return re.sub(rb'"query_id":"[^"]*"|"elapsed_ms":[0-9]+', b"", without_request(answer.body)).replace(name.encode(), b"N")

    same = plain(first, there) == plain(second, missing)
    check(f"Z4: a guest: {says}", first.status == second.status and same, (first, second))


def ids_of_others(mesh, check):
    """An id of somebody else's thing answers as one that nobody has."""
    asked = mesh.call("bert", "POST", "/api/v1/access", {"port": "finance/payouts", "purpose": "the forecast of bert"}).json()
    mount = mesh.call("fin", "POST", "/api/v1/mounts", {"target": "finance/zq_plans", "into": "finance-prod", "as": "own.plan"}).json()
    token = mesh.call("bert", "GET", "/api/v1/principals/bert/tokens").json()["items"][0]["id"]
    mine = mesh.call("ann", "GET", "/api/v1/principals/ann/tokens").json()["items"][0]["id"]
    check("one has a token of one's own", mine != token)
    none = new_ulid()
    cases = [("GET", "/api/v1/access/{}", asked["number"], "r-999", None), ("POST", "/api/v1/access/{}/approve", asked["number"], "r-999", {}),
             ("POST", "/api/v1/access/{}/reject", asked["number"], "r-999", {"reason": "no"}),
             ("POST", "/api/v1/access/{}/revoke", asked["number"], "r-999", {"reason": "no"}),
             ("POST", "/api/v1/access/{}/renew", asked["number"], "r-999", {"until": "2099-01-01T00:00:00Z"}),
             ("DELETE", "/api/v1/mounts/{}", mount["id"], none, None), ("DELETE", "/api/v1/principals/ann/tokens/{}", token, none, None),
             ("GET", "/api/v1/queries/{}", token, none, None), ("DELETE", "/api/v1/queries/{}", token, none, None)]
    for method, path, theirs, nobodys, body in cases:
        first, second = mesh.call("ann", method, path.format(theirs), body), mesh.call("ann", method, path.format(nobodys), body)
        same = without_request(first.body).replace(theirs.encode(), b"N") == without_request(second.body).replace(nobodys.encode(), b"N")
        check(f"Z13: {method} {path}", first.status == second.status and same, (first, second))
    check("nothing of it was done", mesh.call("bert", "GET", f"/api/v1/access/{asked['number']}").json()["state"] == "requested")
    # What one writes into one's own audit must not tell either.
    lines = mesh.call("ann", "GET", "/api/v1/audit?who=ann&limit=1000").json()["items"]
    for line in lines:  # what she wrote herself, and the answer that repeats it
        for member in ("sql", "error"):
            line.get("details", {}).pop(member, None)
    check("Z3: one's own audit names nothing hidden", lines and not re.search(r"zq_|01J0{10}", json.dumps(lines)), lines[:2])
