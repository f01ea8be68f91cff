"""Shard keys: a unique index holds over all shards only when it begins with the shard key."""

from types import ModuleType
from typing import Final

import pytest

import mongo_indexes

SHARDED: Final = [module for module in mongo_indexes.ALL if module.SHARD_KEY is not None]


@pytest.mark.parametrize("module", SHARDED, ids=lambda module: module.COLLECTION)
def test_what_is_unique_begins_with_the_shard_key(module: ModuleType) -> None:
    shard_key = list(module.SHARD_KEY.items())
    for index in module.INDEXES:
        if index.document.get("unique"):
            assert all(order == 1 for _, order in shard_key), "a hash is not unique"
            names = [name for name, _ in shard_key]
            assert list(index.document["key"])[: len(names)] == names, index.document["name"]
