"""What the abuse sections share: a small company with open, restricted and hidden data, and eyes on the server."""
import os
import re
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from mesh import ROOT, Mesh, product, team  # noqa: E402

# The layer that this build is without (test/layers/run): "", "allow_list" or "sandbox".
WITHOUT = os.environ.get("HANSA_WITHOUT", "")
# A server under a sanitizer keeps what was freed: how much it grows is judged in the ordinary build.
SANITIZED = bool(os.environ.get("HANSA_SANITIZED"))
HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS = [("id", "integer", "bigint", True), ("minutes", "integer", "bigint", False),
           ("k", "integer", "bigint", False), ("x", "integer", "bigint", False)]
# Names of what ann may not know of. No answer to her may hold one.
HIDDEN = ("zq_plans", "zq_planning")
# In each row of finance, and nowhere else: an answer to ann that holds it holds what is not hers.
CANARY = 8_317_000_000


def company(mesh):
    """audience and ads are open, finance is restricted, finance/zq_plans is hidden; ann and bert are members, gus a guest."""
    for name in ("pia", "adam", "ann", "bert", "fin", "stella", "steve"):
        mesh.user(name)
    mesh.user("gus", guest=True)
    mesh.apply("admin", team("listening", ["pia"], "audience"))
    mesh.apply("admin", team("selling", ["adam"], "ads"))
    mesh.apply("admin", team("homes", ["pia"], "home"))
    mesh.apply("admin", "apiVersion: hansa/v1\nkind: Account\nname: acme\ndomain: home\n")
    mesh.apply("admin", team("money", ["fin"], "finance", ["stella", "steve"], "restricted"))
    mesh.apply("pia", product("audience", "listens", "plays", COLUMNS))
    mesh.apply("adam", product("ads", "spending", "spend", COLUMNS[:2]))
    mesh.apply("fin", product("finance", "payouts", "payouts", COLUMNS))
    mesh.apply("fin", product("finance", "zq_planning", "zq_plans", COLUMNS, visibility="hidden"))
    four = mesh.parquet("select range::bigint as id, range::bigint as minutes, (range % 3)::bigint as k, range::bigint as x "
                        "from range(100)", "four.parquet")
    two = mesh.parquet("select range::bigint as id, range::bigint as minutes from range(100)", "two.parquet")
    dark = mesh.parquet(f"select range::bigint as id, {CANARY}::bigint as minutes, (range % 3)::bigint as k, {CANARY}::bigint as x "
                        "from range(100)", "dark.parquet")
    for who, port, file in (("pia", "audience/plays", four), ("adam", "ads/spend", two), ("fin", "finance/payouts", dark),
                            ("fin", "finance/zq_plans", dark)):
        answer = mesh.publish(who, port, file)
        assert answer.status == 200, answer
    for who in ("pia", "adam", "ann", "bert", "fin", "stella", "steve", "gus"):
        mesh.token(who)


def rss(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def workers(mesh):
    """The process ids of the server's workers."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as file:
                words = file.read()
        except OSError:
            continue
        comm, rest = words[words.index("(") + 1:words.rindex(")")], words[words.rindex(")") + 2:].split()
        if comm.startswith("hansa-worker") and rest[0] != "Z" and int(rest[1]) == mesh.process.pid:
            found.append(int(name))
    return sorted(found)


def without_request(body):
    """An answer without the id that names its request, and with every ULID of now blanked."""
    return re.sub(rb'"request_id":"[0-9A-Z]{26}"', b'"request_id":""', body)


class Watch:
    """The largest resident size of the server while it is open."""

    def __init__(self, mesh):
        self.pid, self.base, self.top, self.open = mesh.process.pid, rss(mesh.process.pid), 0, True
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while self.open:
            self.top = max(self.top, rss(self.pid))
            time.sleep(0.02)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.open = False
        self.thread.join()

    @property
    def growth(self):
        return max(0, self.top - self.base)

    def below(self, most):
        return SANITIZED or self.growth < most


def address(mesh):
    host, port = mesh.url[len("http://"):].rsplit(":", 1)
    return host, int(port)


def raw(mesh, data, timeout=5, more=b""):
    """Bytes as they are to the door; what comes back until it closes or falls silent. (answer, closed)"""
    got, closed = b"", False
    with socket.create_connection(address(mesh), timeout=timeout) as connection:
        try:
            connection.sendall(data)
            if more:
                connection.sendall(more)
        except OSError:
            pass  # it closed on what it had seen
        connection.settimeout(timeout)
        try:
            while True:
                piece = connection.recv(65536)
                if not piece:
                    closed = True
                    break
                got += piece
        except TimeoutError:
            pass
        except OSError:
            closed = True
    return got, closed


def code_of(answer):
    """The code of a problem, or the status of a finished answer."""
    try:
        document = answer.json()
    except (ValueError, UnicodeDecodeError):
        return ""
    return document.get("code") or document.get("outcome", {}).get("status", "")
