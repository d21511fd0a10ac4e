"""D1 to D8, D14, M16, H10: the table of hostile statements, sent through the real server by an ordinary analyst. Without
the allow-list they run; then what counts is that nothing comes of it."""
import collections
import contextlib
import os
import re
import socket
import threading
import time

from common import CANARY, HERE, HIDDEN, ROOT, WITHOUT, Mesh, code_of, company, raw, workers


def statements():
    with open(os.path.join(HERE, "sql", "statements.txt")) as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                expected, sql = line.rstrip("\n").split(None, 1)
                yield expected, sql.replace("\\n", "\n")


def classed(answer):
    """The answer in the words of statements.txt."""
    code = code_of(answer)
    if code == "invalid" and re.match(r"there is no table [^ ]+\.", answer.json()["detail"]):
        return "not_found"
    return code


# What only this host knows, and no answer tells: paths of the server and of workers' seats, its name, its users.
def secrets_of(mesh):
    with open("/proc/sys/kernel/osrelease") as file:
        kernel = file.read().strip()
    return [mesh.folder, ROOT, "hansa-worker", "/seat", "seats/", "/run/", "root:x:0", socket.gethostname() + ".", kernel,
            "libduckdb", "src/", ".cc:", "Stack trace", "terminate called", str(CANARY), *HIDDEN]


class Ear:
    """A port of this host: whoever connects has left the worker."""

    def __enter__(self):
        self.heard, self.socket = 0, socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()
        return self

    def listen(self):
        try:
            while True:
                self.socket.accept()[0].close()
                self.heard += 1
        except OSError:
            return

    def __exit__(self, *_):
        self.socket.close()


READERS = ["SELECT * FROM read_text('{}')", "SELECT * FROM read_blob('{}')", "SELECT * FROM read_csv('{}', header = false, all_varchar = true)",
           "SELECT * FROM read_parquet('{}')", "SELECT * FROM read_json_objects('{}', format = 'unstructured')", "SELECT * FROM sniff_csv('{}')",
           "SELECT * FROM glob('{}')", "SELECT * FROM parquet_metadata('{}')", "SELECT * FROM parquet_kv_metadata('{}')", "SELECT * FROM '{}'",
           "SELECT * FROM query('SELECT * FROM read_blob(''{}'')')", "SELECT * FROM query_table('{}')",
           "SELECT * FROM audience.plays, LATERAL (SELECT * FROM read_text('{}')) AS l",
           "SELECT count(*) FROM enable_profiling(save_location = '{}')", "SELECT * FROM enable_logging(storage = 'file', storage_path = '{}')"]


def aimed(mesh, port):
    """Reads of what lies on this host, by its true name: others' data, secrets, the store, seats, the network."""
    objects = sorted(path for path in listing(os.path.join(mesh.data, "objects")) if path.endswith(".parquet"))
    dark = [path for path in objects if "finance" in path][:1]
    seats = sorted(os.path.join(at, name) for at, folders, _ in os.walk(os.path.join(mesh.data, "run")) for name in folders)[:2]
    up = "../" * 12
    places = [*dark, *(up + path[1:] for path in dark), *(os.path.dirname(path) + "/*.parquet" for path in dark),
              os.path.join(mesh.data, "secrets", "admin.token"), os.path.join(mesh.data, "objects", "**"), os.path.join(mesh.data, "store", "*"),
              os.path.join(mesh.folder, "server.log"), os.path.join(mesh.folder, "abused.csv"), up + "etc/passwd", "in/../../../../../../../../etc/passwd",
              "spill/" + up + "etc/passwd", "/proc/self/environ", "/proc/self/maps", "/proc/1/cmdline", "/proc/self/root" + (dark or ["/x"])[0],
              *seats, *(seat + "/../*/in/*" for seat in seats), f"http://127.0.0.1:{port}/x.parquet", f"s3://127.0.0.1:{port}/x.parquet",
              f"hf://datasets/x/x@127.0.0.1:{port}/x.parquet"]
    return [reader.format(place.replace("'", "''")) for place in places for reader in READERS]


def listing(folder):
    return {os.path.join(at, name) for at, _, names in os.walk(folder) for name in names}


def run(story):
    check = story.check
    before = os.getcwd()
    mesh = Mesh()
    place = os.path.join(mesh.folder, "cwd")
    os.mkdir(place)
    os.chdir(place)
    try:
        with mesh, contextlib.ExitStack() as stack:
            company(mesh)
            pid = mesh.process.pid
            told = secrets_of(mesh)
            named = {path for _, sql in statements() for path in re.findall(r"'(/tmp/[^']*)'", sql)}
            there = {path for path in named if os.path.exists(path)}
            files = listing(os.path.join(mesh.data, "objects"))
            ear = stack.enter_context(Ear())
            mesh.rows("ann", "select count(*) from audience.plays")  # a seat is there to be named
            classes, wrong, leaks, faults = collections.Counter(), [], [], []
            for expected, sql in [*statements(), *((None, sql) for sql in aimed(mesh, ear.port))]:
                answer = mesh.sql("ann", sql, schema="home", seconds_max=2)
                found = classed(answer)
                classes[found] += 1
                if expected is None:
                    if answer.status == 200 and code_of(answer) == "ok" and WITHOUT != "allow_list":
                        wrong.append((expected, found, sql, answer.body[:200]))
                elif found != expected:
                    wrong.append((expected, found, sql, answer.body[:200]))
                text = answer.body.decode(errors="replace") + str(answer.headers)
                leaks += [(word, sql, text[:300]) for word in told if word in text and word not in sql]
                # Without the allow-list a statement can bring its own worker down, and nothing else.
                if answer.status >= 500 and not (WITHOUT == "allow_list" and found in ("internal", "unavailable")):
                    faults.append((sql, answer))
            print("statements: " + ", ".join(f"{count} {name}" for name, count in sorted(classes.items())))
            if WITHOUT == "allow_list":
                check("the allow-list is off: most of what it refuses is run or fails in the engine", classes["denied"] == 0 and classes["ok"] > 300, classes)
            else:
                check("D1..D8: every statement has its class", not wrong, wrong[:5])
            check("D1, D8: nobody dialled out", ear.heard == 0, ear.heard)
            check("H10, D14: no answer tells of the host", not leaks, leaks[:5])
            check("no statement is a fault of the server", not faults, faults[:3])
            check("the server lives", mesh.process.poll() is None and mesh.process.pid == pid)
            check("D3: nothing was written where the server stands", os.listdir(place) == [], os.listdir(place))
            check("D3: nothing was written where statements point", there == {p for p in named if os.path.exists(p)})
            check("D3: nothing was written among the data", listing(os.path.join(mesh.data, "objects")) == files)
            # A new worker rehearses with a file of its own for a moment, and seats are emptied behind the answer.
            for _ in range(500):
                left = mesh.in_seats()
                if not left:
                    break
                time.sleep(0.02)
            check("no worker's seat keeps a file", left == [], left)
            check("D4: the data still answers", mesh.rows("bert", "select count(*) from audience.plays") == [[100]])
            mesh.sql("ann", "select 1")  # should she have broken the engine of her own worker, that one ends here
            refused(mesh, check)
            alone(mesh, check)
    finally:
        os.chdir(before)


def refused(mesh, check):
    """A table one may not know of, in the words of one that does not exist."""
    pairs = [("select * from finance.zq_plans", "select * from finance.zq_plant"),
             ("describe finance.zq_plans", "describe finance.zq_plant"),
             ("select * from finance.zq_plans_v1", "select * from finance.zq_plant_v1"),
             ("select zq_plans from finance.zq_plans", "select zq_plant from finance.zq_plant")]
    for hidden, missing in pairs:
        first, second = mesh.sql("ann", hidden), mesh.sql("ann", missing)
        same = first.status == second.status and _blank(first, b"zq_plans") == _blank(second, b"zq_plant")
        check(f"hidden is missing: {hidden}", same, (first, second))
    lines = mesh.call("ann", "GET", "/api/v1/audit?who=ann&limit=1000").body.decode()
    check("one's own audit does not say that it was hidden", "finance/zq_plans@1" not in lines)
    mesh.sql("ann", "select * from finance.payouts")
    after = []
    for _ in range(200):  # A record is durable with the next group, which may be after the answer.
        after = mesh.call("admin", "GET", "/api/v1/audit?who=ann&kind=refused").json()["items"]
        if after and after[0]["subject"] == "finance/payouts@1":
            break
        time.sleep(0.01)
    check("a refusal is in the audit", after and after[0]["subject"] == "finance/payouts@1", after[:1])


def _blank(answer, name):
    body = re.sub(rb'"request_id":"[0-9A-Z]{26}"', b"", answer.body)
    return body.replace(name, b"NAME")


def alone(mesh, check):
    """What a worker is to the network: nothing listens, and nobody is root where he can be another."""
    ids = workers(mesh)
    check("workers run", len(ids) >= 1)
    for pid in ids[:2]:
        with open(f"/proc/{pid}/status") as file:
            status = dict(line.split(":", 1) for line in file.read().splitlines() if ":" in line)
        sealed = WITHOUT != "sandbox"
        check("a worker has no new privileges", (status["NoNewPrivs"].strip() == "1") == sealed)
        check("a worker is under seccomp", (status["Seccomp"].strip() == "2") == sealed)
        open_files = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
        foreign = [path for path in open_files if path.startswith("/") and not path.startswith((mesh.data, "/dev/null", "/memfd"))]
        check("a worker holds no descriptor of the server", not foreign, foreign)
    got, _ = raw(mesh, b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
    check("the door answers", got.startswith(b"HTTP/1.1 200"), got[:100])
