#!/usr/bin/env python3
"""Shows tools/tidy small trees, each with one sin, and expects it to see exactly that one."""

import importlib.machinery
import importlib.util
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
TIDY = pathlib.Path(__file__).resolve().parent / "tidy"
LOADER = importlib.machinery.SourceFileLoader("tidy", str(TIDY))
tidy = importlib.util.module_from_spec(importlib.util.spec_from_loader("tidy", LOADER))
LOADER.exec_module(tidy)

LAYERS = """
base:
model: base?
world/store: model? base?
world/store/sqlite: adapter world/store? model? base?
world/object: base?
service: strangers world/store? model? base?
door/http: service? base?
main: *
"""
HEADERS = """
nlohmann/json.hpp: base/json.cc
boost/beast: door/http/server.cc
fmt/: *
gtest/: tests
"""
BODY = "  ++x;\n"


def function(lines, name="f", prefix=""):
    return f"{prefix}void {name}(int x) {{\n{BODY * (lines - 2)}}}\n"


# Each: the files of the tree, and words of the one message they must cause. Words that this file
# may not hold itself are put together here.
SINS = {
    "upward include": (
        {"src/base/a.h": '#include "model/b.h"\n', "src/model/b.h": "struct B;\n"},
        "base may not include model"),
    "rooms are strangers": (
        {"src/world/store/a.h": '#include "world/object/b.h"\n', "src/world/object/b.h": "\n;\n"},
        "world/store may not include world/object"),
    "adapter included from a service": (
        {"src/service/a.cc": '#include "world/store/sqlite/b.h"\n',
         "src/world/store/sqlite/b.h": "struct B;\n"},
        "only main and tests include an adapter"),
    "job includes job": (
        {"src/service/a.cc": '#include "service/b.h"\n', "src/service/b.h": "struct B;\n"},
        "the files of service are strangers"),
    "unknown folder": ({"src/extra/a.h": "struct A;\n"}, "no row for the folder 'extra'"),
    "include from nowhere": ({"src/base/a.h": '#include "a.h"\n'}, "lies in no folder"),
    "unused arrow": (
        {"src/model/a.h": "struct A;\n", "src/base/b.h": "struct B;\n",
         "tools/layers.txt": "base:\nmodel: base\n"},
        "model includes nothing of base"),
    "arrow to nowhere": ({"tools/layers.txt": "base: bsae?\n"}, "'bsae' has no row"),
    "hidden header": ({"src/base/a.cc": "#include <nlohmann/json.hpp>\n"}, "hidden behind base/json.cc"),
    "hidden header by folder": (
        {"src/main/a.cc": "#include <boost/beast/core.hpp>\n"}, "hidden behind door/http/server.cc"),
    "hidden header, umbrella": (
        {"src/main/a.cc": "#include <boost/beast.hpp>\n"}, "hidden behind door/http/server.cc"),
    "test header outside a test": (
        {"src/base/a.cc": "#include <gtest/gtest.h>\n"}, "hidden behind tests"),
    "unknown header": ({"src/base/a.cc": "#include <magic/wand.h>\n"}, "has no row in tools/headers.txt"),
    "circle": (
        {"src/base/a.h": '#include "base/b.h"\n', "src/base/b.h": '#include "base/a.h"\n'},
        "a circle of includes: base/a.h -> base/b.h -> base/a.h"),
    "store adapter knows a noun": (
        {"src/world/store/sqlite/a.cc": '#include "model/grant.h"\n', "src/model/grant.h": "\n;\n"},
        "a store adapter knows no noun"),
    "long function": ({"src/base/a.cc": function(71)}, "a function of 71 lines"),
    "long member": (
        {"src/base/a.h": "class A {\n public:\n" + function(71, prefix="  ") + "};\n"},
        "a function of 71 lines"),
    "long constructor": (
        {"src/base/a.cc": "A::A(int x) : x_(x), y_{x} {\n" + BODY * 70 + "}\n"},
        "a function of 72 lines"),
    "long function after values": (
        {"src/base/a.cc": "constexpr int k[] = {1, 2};\nB b{f(1)};\n"
                          + function(71, prefix="template <class T>\n")}, "a function of 72 lines"),
    "long function with defaults": (
        {"src/base/a.cc": "int f(O o = {}, int n = 10'000) noexcept {\n" + BODY * 70 + "}\n"},
        "a function of 72 lines"),
    "long file": ({"src/base/a.h": "int x;\n" * 601}, "601 lines, at most 600"),
    "long routing": ({"src/door/http/http.cc": "int x;\n" * 101}, "101 lines, at most 100"),
    "long noun list": ({"src/model/noun.h": "int x;\n" * 81}, "81 lines, at most 80"),
    "long serve": ({"src/main/serve.cc": "int x;\n" * 251}, "251 lines, at most 250"),
    "clock": ({"src/base/a.cc": "auto t = std::chrono::system_clock::now();\n"}, "a clock is read"),
    "steady clock": ({"src/main/a.cc": "auto t = steady_clock::now();\n"}, "a clock is read"),
    "C clock": ({"src/base/a.cc": "auto t = time(nullptr);\n"}, "a clock is read"),
    "environment": ({"src/base/a.cc": 'auto v = getenv("X");\n'}, "settings enter through main/"),
    "fork": ({"src/main/a.cc": "auto p = fork();\n"}, "start a program with posix_spawn"),
    "shell": ({"src/main/a.cc": 'auto p = popen("ls", "r");\n'}, "a shell reads more"),
    "random": ({"src/base/a.cc": "std::mt19937 g;\n"}, "random bytes come from base/digest.h"),
    "C random": ({"src/base/a.cc": "int x = std::rand();\n"}, "random bytes come from base/digest.h"),
    "thread": ({"src/base/a.cc": "std::jthread t;\n"}, "threads are started in"),
    "idle row of threads": (
        {"src/base/pool.cc": "int x;\n", "tools/threads.txt": "base/pool.cc\n"}, "starts no thread"),
    "loose number": ({"src/base/a.cc": "int x = std::stoi(s);\n"}, "parse_int"),
    "C number": ({"src/base/a.cc": "int x = atoi(s);\n"}, "parse_int"),
    "SQL in a service": ({"src/service/a.cc": 'auto q = "SELECT 1";\n'}, "SQL in a service"),
    "JSON in a service": ({"src/service/a.cc": 'auto q = R"({"a": 1})";\n'}, "JSON in a service"),
    "note to self": ({"src/base/a.cc": "// TO" "DO: all of it\nint x;\n"}, "do it now"),
    "machine path": ({"doc/a.md": "see /ho" "me/me/notes\n"}, "a path of one machine"),
    "registry": ({"package.json": '{"x": "https://regis' 'try.npm' 'js.org/x"}\n'}, "package registry"),
    "blank at the end": ({"doc/a.md": "word \n"}, "a blank at the end"),
    "tab": ({"doc/a.md": "a\tb\n"}, "a tab"),
    "carriage return": ({"doc/a.md": "a\r\nb\n"}, "a carriage return"),
    "no newline": ({"doc/a.md": "word"}, "add a newline"),
    "empty last line": ({"doc/a.md": "word\n\n"}, "an empty line at the end"),
}

# What looks like a sin and is none.
INNOCENT = {
    "src/base/time.cc": "auto t = std::chrono::steady_clock::now();\n",
    "src/base/environment_test.cc": 'auto v = std::getenv("X");\n',
    "src/base/digest.cc": "std::random_device d;\n",
    "src/base/json.cc": "#include <nlohmann/json.hpp>\n#include <vector>\n#include <sys/stat.h>\n",
    "src/base/pool.cc": "std::jthread t;\n",
    "src/base/words.cc": '// std::stoi and fork() are banned\nauto s = "time(nullptr) fork()";\n'
                         "auto n = std::thread::hardware_concurrency();\nint m = 10'000;\n"
                         "auto u = clock.time();\nint k = a.fork();\nchar c = '\"';\n",
    "src/base/short.cc": function(70),
    "src/base/class.h": "struct alignas(64) A {\n" + "  int x() { return f(1); }\n" * 80 + "};\n",
    "src/base/many.cc": "namespace hansa {\n" + function(40) + function(40) + "}  // namespace hansa\n",
    "src/base/long_test.cc": "#include <gtest/gtest.h>\n" + function(90) + "std::mt19937 g(1);\n",
    "src/world/store/store.h": "struct Store;\n",
    "src/world/store/sqlite/sqlite.h": '#include "model/noun.h"\n',
    "src/world/store/store_test.cc": '#include "world/store/sqlite/sqlite.h"\n',
    "src/service/access.h": '#include "world/store/store.h"\n',
    "src/service/access.cc": '#include "service/access.h"\n',
    "src/service/access_test.cc": '#include "service/access.h"\n'
                                  '#include "world/store/sqlite/sqlite.h"\n',
    "src/model/noun.h": "struct Grant;\n",
    "src/main/serve.cc": '#include "world/store/sqlite/sqlite.h"\n',
    "build/a.txt": "trailing \n",
    "third_party/b.txt": "a\tb\n",
    "test/corpus/c": "a\tb",
    "doc/a.md": "GET /api/v1/work/items\n",
    "tools/threads.txt": "base/pool.cc\nmain/timetable.cc\n",
}


def findings(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, text in {"tools/layers.txt": LAYERS.lstrip(), "tools/headers.txt": HEADERS.lstrip(),
                           "tools/threads.txt": "# none\n", **files}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return sorted(set(tidy.check(root)))


class Tidy(unittest.TestCase):
    def test_sees_each_sin_and_nothing_else(self):
        for sin, (files, words) in SINS.items():
            with self.subTest(sin):
                found = findings(files)
                self.assertEqual(len(found), 1, found)
                self.assertIn(words, found[0][2])

    def test_points_at_the_line(self):
        found = findings({"src/base/a.cc": "/* one\n   two */\n\nauto p = fork();\n"})
        self.assertEqual(found[0][:2], ("src/base/a.cc", 4))

    def test_leaves_the_innocent_alone(self):
        self.assertEqual(findings(INNOCENT), [])

    def test_accepts_an_empty_tree(self):
        self.assertEqual(findings({}), [])


if __name__ == "__main__":
    unittest.main()
