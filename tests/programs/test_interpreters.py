"""python3, perl and lua: many small blocks, deep recursion, threads and forks."""

from __future__ import annotations

import preload
import pytest

# Debian's own regression tests of the interpreter, each a program that nobody here wrote.
PYTHON_TESTS = (
    "test_dict test_list test_re test_zlib test_collections test_heapq test_deque test_bytes test_itertools test_array "
    "test_memoryview test_thread test_generators test_struct test_sort test_xml_etree test_decimal test_ctypes"
).split()

PERL = r"""
my %count; my @kept;
for my $i (1 .. 60000) {
    my $key = sprintf("%x", ($i * 2654435761) % 65521);
    $count{$key} .= chr(97 + $i % 26);
    push @kept, [ $i, $key, { length => length $count{$key} } ] if $i % 3 == 0;
    delete $count{$key} if length $count{$key} > 5;
}
my $text = join ",", map { "$_=$count{$_}" } sort keys %count;
$text =~ s/([a-f0-9]+)=(\w+)/uc($2) . reverse($1)/ge;
my $sum = 0; $sum = ($sum * 31 + ord) % 1000003 for split //, $text;
printf "%d %d %d %s\n", scalar keys %count, scalar @kept, $sum, substr $text, 0, 60;
for my $n (1 .. 5) {
    my $pid = fork;
    if (!$pid) { my @x = map { "x" x $_ } 1 .. 500; exit @x % 7 }
    waitpid $pid, 0;
    print $? >> 8, "\n";
}
"""

LUA = r"""
local kept, sum = {}, 0
for i = 1, 120000 do
    local row = { id = i, name = ("n"):rep(i % 50) .. i, sub = { i % 7 } }
    kept[i % 5000 + 1] = row
    sum = (sum * 31 + #row.name) % 1000003
end
table.sort(kept, function(a, b) return a.name < b.name end)
local text = {}
for i = 1, 2000 do text[#text + 1] = kept[i].name:gsub("n+", "m"):upper() end
collectgarbage()
print(sum, #table.concat(text), kept[1].id, kept[#kept].id)
local stack = {}
for i = 1, 200 do stack[i] = coroutine.wrap(function() for j = 1, 50 do coroutine.yield(("x"):rep(i * j)) end end) end
local length = 0
for j = 1, 50 do for i = 1, 200 do length = length + #stack[i]() end end
print(length)
"""


@pytest.mark.limit(300)
def test_python_passes_its_own_tests(tmp_path, mode):
    command = ["/usr/bin/python3", "-m", "test", "--quiet", *PYTHON_TESTS]
    outcome = preload.run(command, tmp_path, mode, PYTHONMALLOC="malloc", timeout_seconds=280)
    assert outcome.status == 0, outcome.output.decode()[-2000:] + outcome.errors.decode()[-2000:]
    assert b"SUCCESS" in outcome.output
    assert outcome.report == ""


@pytest.mark.parametrize(
    "command, script",
    [pytest.param(["perl", "-"], PERL, id="perl"), pytest.param(["lua5.4", "-"], LUA, id="lua")],
)
def test_script_prints_the_same(tmp_path, mode, command, script):
    expected = preload.run(command, tmp_path, text=script)
    assert expected.status == 0 and expected.output, expected.errors
    assert preload.run(command, tmp_path, mode, text=script) == expected
