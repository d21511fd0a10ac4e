"""A mesh for whole-binary tests: starts the real server on a free port in a folder of its own, and speaks to
it as its users would: over HTTP, and through the command line. Standard library only."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("HANSA_BUILD", os.path.join(ROOT, "build")))
HANSA = os.path.join(BUILD, "hansa")

if not os.access(HANSA, os.X_OK):
    print(f"skipped: {HANSA} is not built")
    sys.exit(77)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:400]!r}"


class Mesh:
    """`with Mesh() as mesh:` the server runs; afterwards it is stopped and its folder removed."""

    def __init__(self, folder=None, config=None):
        self.folder = folder or tempfile.mkdtemp(prefix="hansa test ")
        self.own = folder is None
        self.data = os.path.join(self.folder, "data")
        self.config = config
        self.tokens = {}
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        if self.own:
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        command = [HANSA, "serve", "--data", self.data, "--listen", "127.0.0.1:0"]
        if self.config:
            path = os.path.join(self.folder, "config.yaml")
            with open(path, "w") as file:
                file.write(self.config)
            command += ["--config", path]
        self.log = open(os.path.join(self.folder, "server.log"), "ab")
        endpoints = os.path.join(self.data, "endpoints.json")
        if os.path.exists(endpoints):
            os.unlink(endpoints)  # of a server that was killed
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        for _ in range(3000):
            if self.process.poll() is not None:
                raise RuntimeError("the server ended: " + self.server_log())
            if os.path.exists(endpoints):
                break
            time.sleep(0.01)
        with open(endpoints) as file:
            self.url = json.load(file)["http"]
        with open(os.path.join(self.data, "secrets", "admin.token")) as file:
            self.tokens["admin"] = file.read().strip()

    def in_seats(self):
        """The files of workers' folders. Their pipes stay, and hold nothing."""
        paths = [os.path.join(at, name) for at, _, names in os.walk(os.path.join(self.data, "run")) for name in names]
        return [path for path in paths if os.path.isfile(path)]

    def server_log(self):
        with open(os.path.join(self.folder, "server.log"), errors="replace") as file:
            return file.read()[-4000:]

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return None
        self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        self.process = None
        return code

    def call(self, who, method, path, body=None, headers=None, raw=None, timeout=120):
        """An HTTP call as a user ("" is a stranger). Never raises for a status."""
        data = raw if raw is not None else (None if body is None else json.dumps(body).encode())
        request = urllib.request.Request(self.url + path, data=data, method=method)
        if who:
            request.add_header("authorization", "Bearer " + self.token(who))
        if body is not None:
            request.add_header("content-type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def token(self, who):
        if who not in self.tokens:
            answer = self.call("admin", "POST", f"/api/v1/principals/{who}/tokens", {"label": "test"})
            assert answer.status == 200, answer
            self.tokens[who] = answer.json()["token"]
        return self.tokens[who]

    def cli(self, who, *arguments, check=True, cwd=None, text=None):
        """The command line as a user. Returns (exit code, stdout, stderr)."""
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder, "HANSA_URL": self.url, "NO_COLOR": "1"}
        if who:
            environment["HANSA_TOKEN"] = self.token(who)
        done = subprocess.run([HANSA, *arguments], env=environment, cwd=cwd or self.folder, input=text,
                              capture_output=True, text=True, timeout=300)
        if check and done.returncode != 0:
            raise AssertionError(f"hansa {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.returncode, done.stdout, done.stderr

    def user(self, name, **more):
        answer = self.call("admin", "POST", "/api/v1/principals", {"kind": "user", "name": name, **more})
        assert answer.status == 200, answer
        return name

    def apply(self, who, text, status=200):
        answer = self.call(who, "POST", "/api/v1/apply", {"files": [{"name": "test.yaml", "text": text}]})
        assert answer.status == status, answer
        return answer.json()

    def sql(self, who, sql, **more):
        return self.call(who, "POST", "/api/v1/sql", {"sql": sql, **more})

    def rows(self, who, sql, **more):
        answer = self.sql(who, sql, **more)
        assert answer.status == 200, answer
        document = answer.json()
        assert document["outcome"]["status"] == "ok", document["outcome"]
        return document["rows"]

    def parquet(self, sql, name):
        """A Parquet file made by a query of no table."""
        answer = self.sql("admin", sql, format="parquet")
        assert answer.status == 200, answer
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(answer.body)
        return path

    def publish(self, who, port, *files, mode="append", publish=None):
        """Uploads and publishes; returns the answer of the publish."""
        publish = publish or new_ulid()
        for number, path in enumerate(files):
            with open(path, "rb") as file:
                answer = self.call(who, "PUT", f"/api/v1/uploads/{publish}/{number}?port={urllib.parse.quote(port, safe='')}",
                                   raw=file.read(), headers={"content-type": "application/vnd.apache.parquet"})
            if answer.status != 200:
                return answer
        return self.call(who, "POST", "/api/v1/publishes",
                         {"publish": publish, "port": port, "mode": mode, "files": len(files)})


_count = 0


def new_ulid():
    global _count
    _count += 1
    value = (int(time.time() * 1000) << 80) | (os.getpid() << 40) | _count
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "".join(alphabet[(value >> shift) & 31] for shift in range(125, -1, -5))


def team(name, members, domain, stewards=(), visibility="open", accounts=("prod",)):
    """Team, domain and accounts as manifests."""
    out = f"""apiVersion: hansa/v1
kind: Team
name: {name}
members: [{', '.join(members)}]
channels: [{{channel: "#{name}-data", url: "https://chat.example/{name}"}}]
---
apiVersion: hansa/v1
kind: Domain
name: {domain}
owner: {name}
visibility: {visibility}
stewards: [{', '.join(stewards)}]
"""
    for account in accounts:
        out += f"---\napiVersion: hansa/v1\nkind: Account\nname: {domain}-{account}\ndomain: {domain}\n"
    return out


def product(domain, name, port, columns, visibility=None, account=None, version="1.0.0"):
    """A product with one port and its contract. `columns` are (name, logicalType, physicalType, required)."""
    custom = []
    if visibility:
        custom.append(f"  - {{property: visibility, value: {visibility}}}")
    if account:
        custom.append(f"  - {{property: account, value: {account}}}")
    properties = "".join(f"      - {{name: {n}, logicalType: {l}, physicalType: \"{p}\", required: {str(r).lower()}}}\n"
                         for n, l, p, r in columns)
    return f"""apiVersion: v1.1.0
kind: DataProduct
id: {name}
name: {name}
version: {version}
domain: {domain}
status: active
{'customProperties:' if custom else ''}
{chr(10).join(custom)}
outputPorts:
  - {{name: {port}, version: {version}, type: table, contractId: {domain}-{port}-v{version.split('.')[0]}}}
---
apiVersion: v3.2.0
kind: DataContract
id: {domain}-{port}-v{version.split('.')[0]}
version: {version}
status: active
schema:
  - name: {port}
    properties:
{properties}"""


class Story:
    """Counts what was checked, and ends with the line that says so."""

    def __init__(self):
        self.passed, self.failed = 0, 0

    def check(self, says, holds, detail=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {says}: {detail}")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)
