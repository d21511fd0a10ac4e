"""M8, M11: what is hidden is not told by the names of files that hold it, nor by what a check says to somebody who may not
read it."""
import os

from common import Mesh
from mesh import new_ulid, product, team

COUNTRY = "zq-atlantis"  # in the rows that a reader does not see, and in the name of the file that holds them
COLUMNS = [("id", "integer", "bigint", True), ("country", "string", "varchar", False)]


def register(mesh, bucket, name, sql):
    at = os.path.join(bucket, name)
    os.makedirs(os.path.dirname(at), exist_ok=True)
    os.replace(mesh.parquet(sql, "piece.parquet"), at)
    return mesh.call("fin", "POST", "/api/v1/publishes", {"publish": new_ulid(), "port": "finance/visits", "mode": "in_place",
                                                          "locations": [f"s3://finance-prod/{name}"]})


def doors(mesh, who):
    """Every way to ask about the port, by somebody who sees a part of it."""
    port = "/api/v1/ports/finance/visits"
    asks = {
        "sql": ("POST", "/api/v1/sql", {"sql": "from finance.visits"}), "explain": ("POST", "/api/v1/sql", {"sql": "explain from finance.visits"}),
        "explain analyze": ("POST", "/api/v1/sql", {"sql": "explain analyze select * from finance.visits"}),
        "describe": ("POST", "/api/v1/sql", {"sql": "describe finance.visits"}), "summarize": ("POST", "/api/v1/sql", {"sql": "summarize finance.visits"}),
        "file names": ("POST", "/api/v1/sql", {"sql": "select filename from finance.visits"}),
        "row places": ("POST", "/api/v1/sql", {"sql": "select file_row_number, rowid from finance.visits"}),
        "an error": ("POST", "/api/v1/sql", {"sql": "select error(country) from finance.visits"}),
        "a cast": ("POST", "/api/v1/sql", {"sql": "select country::int from finance.visits"}),
        "the catalog": ("POST", "/api/v1/sql", {"sql": "select * from mesh.information_schema.columns"}),
        "rows": ("GET", "/api/v1/data/finance/visits", None), "profile": ("GET", port + "/profile", None), "port": ("GET", port, None),
        "product": ("GET", "/api/v1/products/finance/visits", None), "snapshots": ("GET", port + "/snapshots", None), "checks": ("GET", port + "/checks", None),
        "test": ("POST", port + "/checks", {}), "housekeeping": ("GET", port + "/housekeeping", None), "quarantine": ("GET", port + "/quarantine", None),
        "consumers": ("GET", port + "/consumers", None), "own use": ("GET", port + "/consumers?mine=true", None), "usage": ("GET", port + "/usage", None),
        "derivations": ("GET", "/api/v1/derivations", None), "derivation": ("GET", port + "/derivation", None), "events": ("GET", "/api/v1/events?limit=1000", None),
        "notices": ("GET", "/api/v1/notices", None), "incidents": ("GET", "/api/v1/incidents", None), "issues": ("GET", "/api/v1/issues", None),
        "search": ("GET", "/api/v1/search?q=atlantis", None), "own audit": ("GET", f"/api/v1/audit?who={who}&limit=1000", None),
        "slo": ("GET", "/api/v1/slo", None), "queries": ("GET", "/api/v1/queries", None), "plan": ("POST", "/api/v1/plan", {"files": []}),
        "deletion": ("POST", "/api/v1/deletions/plan", {"kind": "port", "name": "finance/visits"}), "mail": ("GET", "/dev/mail", None)}
    return {name: mesh.call(who, *ask) for name, ask in asks.items()}


def told(check, mesh, when, who="ann"):
    answers = doors(mesh, who)
    for name, answer in answers.items():
        check(f"M11: {when}: {name} names no hidden partition", COUNTRY.encode() not in answer.body, answer)
    return answers


def partitions(mesh, check):
    bucket = os.path.join(mesh.data, "objects", "finance-prod")
    hidden = f"visits/country={COUNTRY}/part-0.parquet"
    assert register(mesh, bucket, "visits/country=SE/part-0.parquet", "select range::bigint as id, 'SE' as country from range(5)").status == 200
    assert register(mesh, bucket, hidden, f"select range::bigint as id, '{COUNTRY}' as country from range(7)").status == 200
    asked = mesh.call("ann", "POST", "/api/v1/access", {"port": "finance/visits", "purpose": "to count Swedish visits", "scope": {"filter": "country = 'SE'"}})
    assert mesh.call("stella", "POST", f"/api/v1/access/{asked.json()['number']}/approve", {}).status == 200
    check("M11: a part is read", mesh.rows("ann", "select count(*)::int, min(country) from finance.visits") == [[5, "SE"]])
    told(check, mesh, "all is well")
    at = os.path.join(bucket, hidden)
    whole = open(at, "rb").read()
    for when, bytes_ in {"changed": whole[:-200] + b"x" * 200, "shorter": whole[:-1], "garbage": b"x" * len(whole), "empty": b"", "gone": None}.items():
        os.chmod(at, 0o644) if os.path.exists(at) else None
        if bytes_ is None:
            os.unlink(at)
        else:
            with open(at, "wb") as file:
                file.write(bytes_)
        answers = told(check, mesh, when)
        check(f"M11: {when}: and the reader is told that something is wrong", answers["sql"].status != 200 or answers["sql"].json()["outcome"]["status"] == "ok",
              answers["sql"])
        owner = mesh.sql("fin", "from finance.visits")
        check(f"M11: {when}: its owner learns which file", owner.status != 200 and COUNTRY.encode() in owner.body, owner)
    with open(at, "wb") as file:
        file.write(whole)
    # What is refused, and whom that is told.
    bad = register(mesh, bucket, f"visits/country={COUNTRY}-2/part-0.parquet", f"select null::bigint as id, '{COUNTRY}' as country")
    check("M11: a publish is refused", bad.status == 422, bad)
    told(check, mesh, "refused")


def keys(mesh, check):
    """Whether a value is there already is told to those who may publish, and they read all of it. Nobody else gets as far."""
    mesh.apply("fin", product("finance", "ledger", "ledger", COLUMNS).replace("required: true", "required: true, primaryKey: true"))
    assert mesh.publish("fin", "finance/ledger", mesh.parquet("select 3::bigint as id, 'x' as country", "one.parquet")).status == 200
    asked = mesh.call("ann", "POST", "/api/v1/access", {"port": "finance/ledger", "purpose": "to count the lines of it", "scope": {"columns": ["country"]}})
    assert mesh.call("stella", "POST", f"/api/v1/access/{asked.json()['number']}/approve", {}).status == 200
    for who, want in (("ann", 403), ("stella", 403), ("admin", 403), ("spy", 404)):
        for kind in ("parquet", "trial", "text"):
            answer = mesh.call(who, "PUT", f"/api/v1/uploads/{new_ulid()}/0?port=finance%2Fledger&kind={kind}", raw=b"id,country\n1,x\n")
            check(f"M8: {who} uploads nothing ({kind})", answer.status == want, answer)
        for more in ({}, {"dry_run": True}, {"quarantine": True}, {"text": {"format": "csv"}}, {"text": {"format": "csv"}, "dry_run": True}):
            answer = mesh.call(who, "POST", "/api/v1/publishes", {"publish": new_ulid(), "port": "finance/ledger", "files": 1, **more})
            check(f"M8: {who} learns of no key ({more})", answer.status == want and b"key" not in answer.body and b"quarantine" not in answer.body, answer)
        answer = mesh.call(who, "POST", "/api/v1/publishes", {"publish": new_ulid(), "port": "finance/ledger", "mode": "in_place", "dry_run": True,
                                                              "locations": [f"s3://finance-prod/visits/country={COUNTRY}/part-0.parquet"]})
        check(f"M8: {who} learns of no file", answer.status == want, answer)
    # Those who may, are told of their own rows; what is kept, and what readers see, holds no value.
    path = mesh.parquet("select 3::bigint as id, 'zq-lemuria' as country", "twice.parquet")
    answer = mesh.publish("robot", "finance/ledger", path)
    check("M8: a service account of its team is told of the key", answer.status == 422 and "id is the key" in answer.json()["detail"], answer)
    for who in ("ann", "stella", "fin"):
        seen = [mesh.call(who, "GET", address).body for address in ("/api/v1/ports/finance/ledger/checks", "/api/v1/events?limit=1000", "/api/v1/notices",
                                                                    "/api/v1/audit?port=finance%2Fledger&limit=1000", "/dev/mail")]
        check(f"M8: {who} finds no value of it kept", not any(b"lemuria" in body for body in seen), [body for body in seen if b"lemuria" in body])


def run(story):
    with Mesh(config="mail_catcher: true\n") as mesh:
        for name in ("fin", "stella", "ann"):
            mesh.user(name)
        mesh.apply("admin", team("money", ["fin"], "finance", ["stella"], "restricted"))
        answer = mesh.call("admin", "POST", "/api/v1/principals", {"kind": "service_account", "name": "robot", "team": "money"})
        assert answer.status == 200, answer
        mesh.user("spy", guest=True)
        mesh.apply("fin", product("finance", "visits", "visits", COLUMNS))
        partitions(mesh, story.check)
        keys(mesh, story.check)
