"""git, sqlite3 and the compilers: same output, byte for byte."""

from __future__ import annotations

from pathlib import Path

import preload
import pytest

SQL = """
PRAGMA page_size = 4096;
CREATE TABLE item(id INTEGER PRIMARY KEY, word TEXT, weight REAL, bag BLOB);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
  INSERT INTO item SELECT i, printf('w%05x', (i * 2654435761) % 65521), i * 0.5, zeroblob(i % 300) FROM n;
CREATE INDEX by_word ON item(word);
SELECT count(*), count(DISTINCT word), sum(length(bag)) FROM item;
SELECT word, count(*) AS n, group_concat(id) FROM item GROUP BY word ORDER BY n DESC, word LIMIT 20;
SELECT id, sum(weight) OVER (ORDER BY id ROWS 50 PRECEDING) FROM item WHERE id % 5000 = 0;
CREATE VIRTUAL TABLE prose USING fts5(body);
INSERT INTO prose SELECT group_concat(word, ' ') FROM item GROUP BY id / 100;
SELECT count(*) FROM prose WHERE prose MATCH 'w00a*';
UPDATE item SET word = upper(word) || hex(id) WHERE id % 3 = 0;
DELETE FROM item WHERE id % 7 = 0;
VACUUM;
SELECT json_group_array(json_object('w', word)) FROM (SELECT word FROM item ORDER BY word LIMIT 30);
PRAGMA integrity_check;
"""

CXX = """
#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <string>
#include <unordered_map>
#include <vector>
template <int N> struct chain { static int value(std::map<int, std::string> &m) {
    m[N] = std::to_string(N); return chain<N - 1>::value(m) + N; } };
template <> struct chain<0> { static int value(std::map<int, std::string> &m) { return int(m.size()); } };
int count(const std::string &text)
{
    std::map<int, std::string> m; std::unordered_map<std::string, std::function<int(int)>> f;
    f["x"] = [&](int i) { return i + chain<150>::value(m); };
    static const std::regex words("[a-z]+([0-9])*");
    return int(std::distance(std::sregex_iterator(text.begin(), text.end(), words), {})) + f["x"](1);
}
"""


def large_c_source() -> str:
    """200 functions with loops, switches and strings."""
    functions = []
    for index in range(200):
        cases = "".join(f"case {case}: t += x * {case + index}; break;" for case in range(8))
        functions.append(
            f"static int f{index}(int x, const char *s) {{ int t = {index}; for (int i = 0; i < x; i++) {{"
            f' switch (i & 7) {{ {cases} }} t ^= s[i & 3]; }} return t + (x > {index} ? {index} : x); }}\n'
        )
    calls = "\n".join(f'    t += f{index}(t & 15, "text {index}");' for index in range(200))
    return "".join(functions) + f"int all(int t)\n{{\n{calls}\n    return t;\n}}\n"


@pytest.mark.limit(180)
def test_sqlite_answers_the_same(tmp_path, mode):
    expected = preload.run(["sqlite3", ":memory:"], tmp_path, text=SQL)
    assert expected.status == 0 and expected.output.rstrip().endswith(b"ok"), expected.errors
    assert preload.run(["sqlite3", ":memory:"], tmp_path, mode, text=SQL) == expected


def test_sort_with_threads_sorts_the_same(tmp_path, mode):
    text = "\n".join(f"{number * 2654435761 % 4294967291:x}" for number in range(200_000))
    command = ["sort", "--parallel=4", "--buffer-size=8M"]
    expected = preload.run(command, tmp_path, text=text)
    assert expected.status == 0 and len(expected.output) > len(text)
    assert preload.run(command, tmp_path, mode, text=text) == expected


def compiled(compiler: str, source: Path, mode: str | None) -> bytes:
    """The object file that a compiler makes; its sub-processes inherit the allocator."""
    target = source.with_suffix(".o")
    outcome = preload.run([compiler, "-O1", "-c", source.name, "-o", target.name], source.parent, mode)
    assert (outcome.status, outcome.errors, outcome.report) == (0, b"", "")
    return target.read_bytes()


@pytest.mark.limit(180)
def test_gcc_compiles_a_large_file_to_the_same_object(tmp_path, mode):
    source = tmp_path / "large.c"
    source.write_text(large_c_source())
    assert compiled("gcc", source, mode) == compiled("gcc", source, None)


@pytest.mark.limit(180)
def test_gxx_compiles_templates_to_the_same_object(tmp_path, mode):
    source = tmp_path / "templates.cpp"
    source.write_text(CXX)
    assert compiled("g++", source, mode) == compiled("g++", source, None)


def git_session(folder: Path, mode: str | None) -> list[preload.Outcome]:
    """A life of a repository, in its own folder; dates and names are fixed, so that all hashes are."""
    folder.mkdir()
    identity = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "A"), ("EMAIL", "a@example.org"), ("DATE", "2024-01-02T03:04:05Z"))
    }
    variables = {**identity, "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
    outcomes = []

    def git(*arguments: str) -> None:
        outcomes.append(preload.run(["git", *arguments], folder, mode, **variables))

    git("init", "-q", "-b", "main")
    (folder / ".git" / "info" / "exclude").write_text("allocator.report\n")
    for version in range(4):
        for number in range(150):
            if number % (version + 1) == 0:
                lines = [f"{number} {line * (version + 3)} text" for line in range(60)]
                (folder / f"file{number}.txt").write_text("\n".join(lines))
        git("add", ".")
        git("commit", "-q", "-m", f"version {version}")
    git("checkout", "-q", "-b", "side", "HEAD~2")
    (folder / "side.txt").write_text("side\n")
    git("add", ".")
    git("commit", "-q", "-m", "side")
    git("merge", "-q", "-m", "merge", "main")
    git("log", "--stat", "-p", "--graph")
    git("blame", "file12.txt")
    git("grep", "-n", "59 .*7 text")
    git("gc", "-q")
    git("fsck", "--full")
    git("archive", "--format=tar", "HEAD")
    return outcomes


@pytest.mark.limit(180)
def test_git_does_the_same(tmp_path, mode):
    expected = git_session(tmp_path / "without", None)
    assert all(outcome.status == 0 for outcome in expected), expected
    assert git_session(tmp_path / "with", mode) == expected
