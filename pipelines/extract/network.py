"""How the parser's network is run: the same numbers for a sentence whatever stands beside it, at half the cost.

Two things are changed of the network, none of what it computes:

- Matrix products are those of NumPy, in blocks of a fixed number of rows. The last bits of a product may change with the
  number of rows, and with them, at a tie, a tree; so every block has the same number, filled up with zeros, and one thread.
  On some processors (those without AVX-512) they change with a row's place in its block too: there the products are
  thinc's own, by BLIS, which runs one kernel over every row.
- The vector of a word, which depends on its spelling alone, is computed once and remembered.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from thinc.api import Model, NumpyOps
from thinc.types import Ragged
from threadpoolctl import ThreadpoolController

_ROWS = 128
_SHAPES = ((96, 288), (288, 96), (96, 64), (64, 100))
"""of products that are tried: inner dimension, columns"""
_WORDS = 50_000
"""words whose vectors are kept: at most 20 MB"""


class FixedBlocks(NumpyOps):  # type: ignore[misc]
    """thinc's operations, with matrix products in blocks of `_ROWS` rows."""

    def gemm(self, x: Any, y: Any, *, out: Any = None, trans1: bool = False, trans2: bool = False) -> Any:
        """The product of two float32 matrices, of shape (rows of x, columns of y)."""
        left = x.T if trans1 else x
        right = y.T if trans2 else y
        rows = left.shape[0]
        made = np.empty((rows, right.shape[1]), dtype=left.dtype) if out is None else out
        whole = rows - rows % _ROWS
        for start in range(0, whole, _ROWS):
            np.matmul(left[start : start + _ROWS], right, out=made[start : start + _ROWS])
        if whole < rows:
            filled = np.zeros((_ROWS, left.shape[1]), dtype=left.dtype)
            filled[: rows - whole] = left[whole:]
            made[whole:] = np.matmul(filled, right)[: rows - whole]
        return made


@lru_cache(maxsize=1)
def is_steady() -> bool:
    """Whether a row of a block comes out the same, to the last bit, at whatever place it stands: as this processor's kernels do it."""
    numbers = np.random.default_rng(1)
    with one_thread():
        for inner, columns in _SHAPES:
            row = numbers.standard_normal((1, inner)).astype(np.float32)
            matrix = numbers.standard_normal((inner, columns)).astype(np.float32)
            made = np.matmul(np.repeat(row, _ROWS, axis=0), matrix)
            if any(made[at].tobytes() != made[0].tobytes() for at in range(_ROWS)):
                return False
    return True


def steady_operations() -> NumpyOps:
    """thinc's operations, with the matrix products that are right for this processor."""
    return FixedBlocks() if is_steady() else NumpyOps()


class WordVectors:
    """The vectors of words as the network's first layers make them: a row of features (lower case, prefix, suffix, shape, …)
    of 64-bit integers to a row of `width` floats."""

    def __init__(self, features_to_vector: tuple[Any, ...], width: int) -> None:
        self._steps = features_to_vector
        self._kept = np.empty((_WORDS, width), dtype=np.float32)
        self._row: dict[bytes, int] = {}

    def of(self, features: Any) -> Any:
        """Array (words, features) to array (words, width)."""
        size = features.shape[1] * features.itemsize
        data = np.ascontiguousarray(features).tobytes()
        keys = [data[at : at + size] for at in range(0, len(data), size)]
        missing = {key: at for at, key in enumerate(keys) if key not in self._row}
        if len(self._row) + len(missing) > _WORDS:
            self._row.clear()
            missing = {key: at for at, key in enumerate(keys)}
        if len(missing) > _WORDS:
            return self._make(features)
        if missing:
            first = len(self._row)
            self._kept[first : first + len(missing)] = self._make(features[list(missing.values())])
            self._row.update(zip(missing, range(first, first + len(missing)), strict=True))
        return self._kept[[self._row[key] for key in keys]]

    def _make(self, features: Any) -> Any:
        for step in self._steps:
            features = step.predict(features)
        return features


def quicken(nlp: Any) -> None:
    """Run the network of a spaCy pipeline in this way from now on. Its shape is that of spaCy's `HashEmbedCNN` with listeners;
    ValueError where it is another one."""
    operations = steady_operations()
    for _, pipe in nlp.pipeline:
        for node in pipe.model.walk():
            node.ops = operations
    embed = nlp.get_pipe("tok2vec").model.layers[0]
    names = [layer.name.partition("(")[0] for layer in embed.layers]
    if names != ["extract_features", "list2ragged", "with_array", "with_array", "ragged2list"]:
        raise ValueError(f"the parser's network begins with {', '.join(names)}: not known how to run it")
    hashed, mixed = embed.layers[2:4]
    vectors = WordVectors((hashed.layers[0], mixed.layers[0]), mixed.layers[0].get_dim("nO"))

    def forward(_: Any, words: Any, **_run: Any) -> tuple[Any, Any]:
        return Ragged(vectors.of(words.dataXd), words.lengths), _no_training

    remembered: Any = Model("remembered_vectors", forward)
    embed.layers[2:4] = [remembered]


def _no_training(_: Any) -> Any:
    raise NotImplementedError("the network is only run here")


def one_sentence(doc: Any) -> Any:
    """A document of spaCy in which the parser may find no second sentence."""
    starts = np.full((len(doc), 1), -1, dtype=np.int64).view(np.uint64)
    starts[:1] = 1
    return doc.from_array(["SENT_START"], starts)


def one_thread() -> Any:
    """A context in which matrix products take one thread: their blocks are then cut the same way on every machine."""
    return _threads().limit(limits=1, user_api="blas")


@lru_cache(maxsize=1)
def _threads() -> ThreadpoolController:
    return ThreadpoolController()
