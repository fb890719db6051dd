"""The tree of units of one day as arrays: pre-order, parents, levels, and the second lines of the matrix."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Tree:
    """`n` units in pre-order, so that everything below unit `i` is the slice `i+1:ends[i]`.

    `unit_ids` (n,); `parents` (n,) index of the primary parent, -1 at a top; `ends` (n,) exclusive end of the
    subtree; `depths` (n,). `extras` (e, 2): pairs (receiver, source) – the receiver's number also contains the
    source's, because the source reports to it, or to a unit below it, along a second line. A source is never counted
    twice: no pair stands where the receiver already contains it.
    """

    unit_ids: NDArray[np.int32]
    parents: NDArray[np.intp]
    ends: NDArray[np.intp]
    depths: NDArray[np.intp]
    extras: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.unit_ids)

    def index(self) -> dict[int, int]:
        """Unit id → position."""
        return {int(unit): i for i, unit in enumerate(self.unit_ids)}

    def levels(self) -> list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]]:
        """Per level from the deepest up: children, the start of each family among them, and the families' parents."""
        out = []
        for depth in range(int(self.depths.max(initial=0)), 0, -1):
            children = np.flatnonzero(self.depths == depth)
            parents = self.parents[children]
            starts = np.flatnonzero(np.append(True, parents[1:] != parents[:-1]))
            out.append((children, starts, parents[starts]))
        return out

    def touched_by(self, unit_ids: Iterable[int]) -> set[int]:
        """Ids of the units whose numbers change with those of `unit_ids`: themselves and all that contain them."""
        where = self.index()
        marked = np.zeros(len(self), bool)
        for unit in unit_ids:
            i = where.get(int(unit), -1)
            while i >= 0 and not marked[i]:
                marked[i] = True
                i = int(self.parents[i])
        for receiver, source in self.extras:
            if marked[source] or marked[source + 1 : self.ends[source]].any():
                marked[receiver] = True
        return set(self.unit_ids[marked].tolist())

    def around(self, unit_ids: set[int]) -> tuple["Tree", set[int]]:
        """The smallest tree from which the numbers of `unit_ids` can be made again, and its fringe.

        The fringe are the units of the smaller tree whose own stored numbers stand for everything below them.
        """
        where = self.index()
        again = {where[u] for u in unit_ids if u in where}
        children: dict[int, list[int]] = {}
        for i, parent in enumerate(self.parents):
            children.setdefault(int(parent), []).append(i)
        sources: dict[int, list[int]] = {}
        for receiver, source in self.extras:
            sources.setdefault(int(receiver), []).append(int(source))
        fringe: set[int] = set()
        todo = list(again)
        while todo:
            i = todo.pop()
            for near in [*children.get(i, ()), *sources.get(i, ())]:
                if near in again or near in fringe:
                    continue
                if near in sources:
                    again.add(near)
                    todo.append(near)
                else:
                    fringe.add(near)
        keep = np.array(sorted(again | fringe), np.intp)
        new = {int(old): i for i, old in enumerate(keep)}
        parents = np.array([new.get(int(p), -1) for p in self.parents[keep]], np.intp)
        lines = [
            (int(self.unit_ids[old]), int(self.unit_ids[keep[parent]]) if parent >= 0 else None)
            for old, parent in zip(keep, parents, strict=True)
        ]
        small = build(lines, {})
        place = small.index()
        extras = [
            (place[int(self.unit_ids[r])], place[int(self.unit_ids[s])])
            for r, s in self.extras
            if r in again and s in new
        ]
        tree = Tree(small.unit_ids, small.parents, small.ends, small.depths, _pairs(extras))
        return tree, {int(self.unit_ids[i]) for i in fringe}


def _pairs(pairs: Sequence[tuple[int, int]]) -> NDArray[np.intp]:
    return np.array(pairs, np.intp).reshape(-1, 2)


def build(lines: Sequence[tuple[int, int | None]], second: Mapping[int, Iterable[int]]) -> Tree:
    """The tree from (unit, primary parent) pairs and second parents by unit. A parent that is not listed is a top.

    Raises ValueError where the lines form a circle.
    """
    listed = {unit for unit, _ in lines}
    children: dict[int | None, list[int]] = {}
    for unit, parent in lines:
        children.setdefault(parent if parent in listed else None, []).append(unit)
    order: list[int] = []
    parents: list[int] = []
    depths: list[int] = []
    ends: dict[int, int] = {}
    stack: list[tuple[int, int, int, bool]] = [(u, -1, 0, False) for u in reversed(children.get(None, []))]
    while stack:
        unit, parent_at, depth, done = stack.pop()
        if done:
            ends[parent_at] = len(order)
            continue
        here = len(order)
        order.append(unit)
        parents.append(parent_at)
        depths.append(depth)
        stack.append((unit, here, depth, True))
        stack.extend((child, here, depth + 1, False) for child in reversed(children.get(unit, [])))
    if len(order) != len(lines):
        message = "the reporting lines form a circle"
        raise ValueError(message)
    tree = Tree(
        np.array(order, np.int32),
        np.array(parents, np.intp),
        np.array([ends[i] for i in range(len(order))], np.intp),
        np.array(depths, np.intp),
        _pairs([]),
    )
    return Tree(tree.unit_ids, tree.parents, tree.ends, tree.depths, _extras(tree, second))


def _extras(tree: Tree, second: Mapping[int, Iterable[int]]) -> NDArray[np.intp]:
    where = tree.index()
    held: dict[int, list[int]] = {}
    pairs = []
    sources = sorted((where[u] for u in second if u in where), key=lambda i: int(tree.depths[i]))
    for source in sources:
        for parent in second[int(tree.unit_ids[source])]:
            receiver = where.get(parent, -1)
            while receiver >= 0 and not receiver <= source < tree.ends[receiver]:
                if not any(s <= source < tree.ends[s] for s in held.get(receiver, ())):
                    held.setdefault(receiver, []).append(source)
                    pairs.append((receiver, source))
                receiver = int(tree.parents[receiver])
    return _pairs(pairs)
