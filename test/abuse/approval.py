"""Z6, Z10: who may not decide, and what a decision may not become."""
import threading
import time

from common import Mesh, company
from mesh import team

LATER = "2099-01-01T00:00:00Z"


def ask(mesh, who, port="finance/payouts", **more):
    answer = mesh.call(who, "POST", "/api/v1/access", {"port": port, "purpose": "to test who may decide", **more})
    assert answer.status == 200, answer
    return answer.json()["number"]


def act(mesh, who, number, what, **body):
    return mesh.call(who, "POST", f"/api/v1/access/{number}/{what}", body)


def run(story):
    check = story.check
    with Mesh() as mesh:
        company(mesh)
        mesh.user("stina")
        mesh.call("admin", "POST", "/api/v1/principals", {"kind": "group", "name": "analysts"})
        mesh.user("grete", belongs_to=["analysts"])
        mesh.apply("admin", team("books", ["stella", "stina"], "ledger"))
        service = mesh.call("admin", "POST", "/api/v1/principals", {"kind": "service_account", "name": "bot", "team": "books"})
        check("a team has a service account", service.status == 200, service)
        own(mesh, check)
        own_group(mesh, check)
        own_robot(mesh, check)
        lost_role(mesh, check)
        expiry(mesh, check)
        races(mesh, check)
        names_again(mesh, check)


def own(mesh, check):
    number = ask(mesh, "stella")
    for what, body in (("approve", {}), ("reject", {"reason": "no"}), ("renew", {"until": LATER})):
        answer = act(mesh, "stella", number, what, **body)
        check(f"Z10: a steward does not {what} her own", answer.status == 403, answer)
    check("Z10: nor reads by it", mesh.sql("stella", "from finance.payouts").status == 403)
    check("another steward does", act(mesh, "steve", number, "approve", until="2098-01-01T00:00:00Z").status == 200)
    check("Z10: she does not lengthen it", act(mesh, "stella", number, "renew", until=LATER).status == 403)
    check("Z10: it stands as it was", mesh.call("stella", "GET", f"/api/v1/access/{number}").json()["until"].startswith("2098"))
    check("one may give up what one has", act(mesh, "stella", number, "revoke", reason="done").status == 200)
    check("Z10: and not approve it again", act(mesh, "stella", number, "approve").status == 403)
    check("what is revoked stays revoked", act(mesh, "steve", number, "approve").status == 409)
    check("and is not renewed", act(mesh, "steve", number, "renew", until=LATER).status == 409)
    for who in ("ann", "fin", "admin", "pia", "gus"):
        other = ask(mesh, "bert")
        answer = act(mesh, who, other, "approve")
        check(f"Z10: {who} is no steward", answer.status in (403, 404), answer)
    check("Z10: bert reads nothing", mesh.sql("bert", "from finance.payouts").status == 403)
    act(mesh, "stella", other, "reject", reason="no need")


def own_group(mesh, check):
    number = ask(mesh, "stina", **{"for": "team:books"})
    answer = act(mesh, "stella", number, "approve")
    check("Z10: a steward does not approve for a team of hers", answer.status == 403, answer)
    check("another does", act(mesh, "steve", number, "approve").status == 200)
    check("Z10: she does not renew it", act(mesh, "stella", number, "renew", until=LATER).status == 403)
    check("the team reads", mesh.sql("stina", "select count(*) from finance.payouts").status == 200)
    act(mesh, "steve", number, "revoke", reason="over")
    check("Z10: nobody asks for a group of others", mesh.call("ann", "POST", "/api/v1/access", {
        "port": "finance/payouts", "purpose": "for strangers, that they owe me", "for": "group:analysts"}).status == 403)
    mesh.user("steward2", belongs_to=["analysts"])
    mesh.apply("admin", team("money", ["fin"], "finance", ["stella", "steve", "steward2"], "restricted"))
    number = ask(mesh, "grete", **{"for": "group:analysts"})
    check("Z10: nor for a group of hers", act(mesh, "steward2", number, "approve").status == 403)
    act(mesh, "stella", number, "reject", reason="no")
    for where in ("account:ledger-prod",):
        number = ask(mesh, "stina", **{"for": where})
        check(f"Z10: nor for {where} of her team", act(mesh, "stella", number, "approve").status == 403)
        act(mesh, "steve", number, "reject", reason="no")


def own_robot(mesh, check):
    """A service account of one's team is oneself: its tokens are made by every member."""
    number = ask(mesh, "bot")
    answer = act(mesh, "stella", number, "approve")
    check("Z10: a steward does not approve what her robot asked for", answer.status == 403, answer)
    check("Z10: the robot reads nothing", mesh.sql("bot", "from finance.payouts").status == 403)
    if answer.status == 403:
        act(mesh, "steve", number, "reject", reason="no")
    else:
        act(mesh, "steve", number, "revoke", reason="no")
    number = ask(mesh, "stina", **{"for": "service:bot"})
    answer = act(mesh, "stella", number, "approve")
    check("Z10: nor what a colleague asked for it", answer.status == 403, answer)
    act(mesh, "steve", number, "reject" if answer.status == 403 else "revoke", reason="no")
    for grantee, kind in (("stella", "user"), ("books", "team"), ("bot", "serviceAccount")):
        text = BY_CODE.format(kind=kind, name=grantee)
        answer = mesh.call("stella", "POST", "/api/v1/apply", {"files": [{"name": "access.yaml", "text": text}]})
        check(f"Z10: access as code gives nothing to oneself: {kind}", answer.status == 403, answer)
    given = mesh.call("steve", "POST", "/api/v1/apply", {"files": [{"name": "access.yaml", "text": BY_CODE.format(kind="user", name="ann")}]})
    check("and gives to others", given.status == 200, given)
    check("who then read", mesh.sql("ann", "select count(*) from finance.payouts").status == 200)
    number = [g for g in mesh.call("ann", "GET", "/api/v1/access").json()["items"] if g["state"] == "active"][0]["number"]
    check("Z10: who was given it does not lengthen it", act(mesh, "ann", number, "renew", until=LATER).status == 403)
    act(mesh, "stella", number, "revoke", reason="over")


BY_CODE = """apiVersion: hansa/v1
kind: Access
info: {{purpose: "to give access by code"}}
provider: {{port: finance/payouts}}
consumer: {{{kind}: {name}}}
"""


def lost_role(mesh, check):
    number = ask(mesh, "bert")
    mesh.apply("admin", team("money", ["fin"], "finance", ["stella"], "restricted"))
    check("Z10: who is steward no more does not approve", act(mesh, "steve", number, "approve").status in (403, 404))
    mesh.apply("admin", team("money", ["fin"], "finance", ["stella", "steve"], "restricted"))
    mesh.call("admin", "PUT", "/api/v1/principals/steve/disabled", {"disabled": True})
    check("Z10: nor who is switched off", act(mesh, "steve", number, "approve").status in (401, 403))
    mesh.call("admin", "PUT", "/api/v1/principals/steve/disabled", {"disabled": False})
    # The role is taken away while approvals are under way: whichever order, never an approval after the loss.
    outcomes = []
    for _ in range(6):
        mesh.apply("admin", team("money", ["fin"], "finance", ["stella", "steve"], "restricted"))
        number = ask(mesh, "bert")
        got = []
        gate = threading.Barrier(2)

        def approves(number=number, got=got, gate=gate):
            gate.wait()
            got.append(act(mesh, "steve", number, "approve").status)

        thread = threading.Thread(target=approves)
        thread.start()
        gate.wait()
        mesh.apply("admin", team("money", ["fin"], "finance", ["stella"], "restricted"))
        after = act(mesh, "steve", number, "approve").status
        thread.join()
        outcomes.append((got[0], after))
        state = mesh.call("bert", "GET", f"/api/v1/access/{number}").json()["state"]
        check("Z10: approved in time or not at all", (state == "active") == (got[0] == 200) and after in (403, 404, 409), (state, got, after))
        act(mesh, "stella", number, "revoke", reason="next round")
    print(f"approval against loss of the role: {outcomes}")
    mesh.apply("admin", team("money", ["fin"], "finance", ["stella", "steve"], "restricted"))


def expiry(mesh, check):
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    number = ask(mesh, "bert", until=soon)
    again = ask(mesh, "bert", until=LATER)
    old = mesh.call("bert", "GET", f"/api/v1/access/{number}").json()
    check("Z10: asking again for longer is another request", again != number and old["state"] == "revoked" and old["until"][:19] == soon[:19], old)
    check("Z10: and does not lengthen what a steward has read", act(mesh, "stella", number, "approve").status == 409)
    number = ask(mesh, "bert", until=soon)
    check("Z10: a steward does not give more than was asked", act(mesh, "stella", number, "approve", until=LATER).status == 400)
    check("approved as asked", act(mesh, "stella", number, "approve").status == 200)
    more = mesh.call("bert", "POST", "/api/v1/access", {"port": "finance/payouts", "purpose": "the same for longer", "until": LATER})
    if more.status == 200:
        check("Z10: a second request is a request", more.json()["state"] == "requested", more)
        act(mesh, "stella", more.json()["number"], "reject", reason="no")
    second = ask(mesh, "ann", until=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1)))
    time.sleep(2.2)
    check("Z10: it ends", mesh.sql("bert", "from finance.payouts").status == 403)
    check("Z10: an expired request is not approved", act(mesh, "stella", second, "approve").status == 400)
    check("Z10: nor with a later end", act(mesh, "stella", second, "approve", until=LATER).status == 400)
    act(mesh, "stella", second, "reject", reason="too late")
    check("a renewal is a steward's", act(mesh, "bert", number, "renew", until=LATER).status == 403)
    act(mesh, "stella", number, "revoke", reason="over")
    for field in ("state", "decided_by", "approved_by", "grantee", "requested_by", "number", "majors", "filter"):
        answer = mesh.call("bert", "POST", "/api/v1/access", {"port": "finance/payouts", "purpose": "mass assignment", field: "active"})
        check(f"Z11: {field} is not taken from a request", answer.status == 400, answer)
        answer = mesh.call("stella", "POST", f"/api/v1/access/{number}/approve", {field: "stella"})
        check(f"Z11: {field} is not taken from an approval", answer.status in (400, 409), answer)
    answer = mesh.call("ann", "POST", "/api/v1/principals", {"kind": "user", "name": "eve", "administrator": True})
    check("Z11: nobody makes an administrator of oneself", answer.status == 403, answer)


def races(mesh, check):
    both = []
    for _ in range(8):
        number = ask(mesh, "bert")
        got, gate = [], threading.Barrier(2)

        def decide(who, what, body, number=number, got=got, gate=gate):
            gate.wait()
            got.append((what, act(mesh, who, number, what, **body).status))

        second = ("reject", {"reason": "no"}) if len(both) % 2 else ("approve", {})
        threads = [threading.Thread(target=decide, args=("stella", "approve", {})), threading.Thread(target=decide, args=("steve", *second))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = [what for what, status in got if status == 200]
        both.append(sorted(status for _, status in got))
        shown = mesh.call("bert", "GET", f"/api/v1/access/{number}").json()
        check("Z10: one of two deciders wins", both[-1] == [200, 409], got)
        check("Z10: and it is the winner's decision", won and shown["state"] == {"approve": "active", "reject": "rejected"}[won[0]], (won, shown))
        if shown["state"] == "active":
            act(mesh, "stella", number, "revoke", reason="next round")
    decided = [line for line in mesh.call("admin", "GET", "/api/v1/audit?limit=1000").json()["items"]
               if line["kind"] in ("access.approved", "access.rejected")]
    check("every decision left one record", len(decided) >= 8)


def names_again(mesh, check):
    """Z6: a name that comes back does not bring its grants."""
    number = ask(mesh, "bert")
    check("granted", act(mesh, "stella", number, "approve").status == 200)
    check("bert reads", mesh.sql("bert", "select count(*) from finance.payouts").status == 200)
    mesh.call("admin", "PUT", "/api/v1/principals/bert/disabled", {"disabled": True})
    check("Z6: who is switched off reads nothing", mesh.sql("bert", "select 1").status == 401)
    again = mesh.call("admin", "POST", "/api/v1/principals", {"kind": "user", "name": "bert"})
    check("Z6: the name is not given to somebody else", again.status == 409, again)
    mesh.call("admin", "PUT", "/api/v1/principals/bert/disabled", {"disabled": False})
