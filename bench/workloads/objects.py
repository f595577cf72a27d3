"""What Python programs do all day: records, dictionaries, JSON, sorting, regular expressions."""

import json
import re

records = []
for number in range(20000):
    records.append({"name": f"name {number}", "tags": [str(number + k) for k in range(5)], "score": number * 1.5})
for _ in range(2):
    records = json.loads(json.dumps(records))
records.sort(key=lambda record: record["name"])
groups = {}
for record in records:
    groups.setdefault(record["name"][-2:], []).append((record["score"], tuple(record["tags"])))
text = " ".join(record["name"] for record in records)
words = re.findall(r"[a-z]+ \d+", text)
assert len(words) == len(records)
for _ in range(5):
    parts = text.split()
    text = " ".join(part.upper() for part in parts).lower()


class Node:
    def __init__(self, value, children):
        self.value = value
        self.children = children


def tree(depth):
    return Node(depth, [tree(depth - 1) for _ in range(3)] if depth else [])


def total(node):
    return node.value + sum(total(child) for child in node.children)


assert total(tree(9)) == total(tree(9))
