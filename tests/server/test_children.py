"""Real processes: what starts, what ends with whom, and what one reads when it cannot start."""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from redis import Redis

from server.embedded import children, folders, processes, servers
from server.errors import StartError
from tests.deadlines import SAFETY_NET

pytestmark = pytest.mark.slow

# A parent that starts two parts, says their process ids, and waits to be killed.
PARENT = """
import sys
from pathlib import Path
from server.embedded.servers import start_redis, start_sandbox
parts = [start_redis(Path(sys.argv[1]) / "r"), start_sandbox(Path(sys.argv[1]) / "s")]
print(*[part.pid for part in parts], flush=True)
sys.stdin.read()
"""


def wait_for_end(pid: int, seconds: float = SAFETY_NET) -> bool:
    """Wait on the kernel, not on a clock."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], seconds)[0])
    finally:
        os.close(process)


def insert(mongo: servers.Mongo, uri: str = "") -> int:
    """Write in a transaction, as only a replica set can; return how many there are."""
    with MongoClient[Any](uri or mongo.uri, timeoutMS=int(SAFETY_NET * 1000)) as client:
        with client.start_session() as session, session.start_transaction():
            client.test.kept.insert_one({}, session=session)
        return client.test.kept.count_documents({})


def test_mongo_keeps_its_data_and_port_over_stop_kill_and_a_taken_port(folder: Path) -> None:
    mongo = servers.start_mongo(folder)
    port = mongo.port
    assert insert(mongo) == 1
    mongo.stop()
    assert wait_for_end(mongo.pid)

    mongo = servers.start_mongo(folder)
    assert mongo.port == port
    os.kill(mongo.pid, signal.SIGKILL)
    mongo.stop()

    with socket.create_server(("127.0.0.1", port)) as stranger:
        hang_up_on_everybody(stranger)
        mongo = servers.start_mongo(folder)
        assert mongo.port != port
        by_name = f"mongodb://127.0.0.1:{mongo.port}/?replicaSet=rs0"
        assert insert(mongo, by_name) == 2  # the set knows its new address
        mongo.stop()
        mongo.stop()  # harmless


def hang_up_on_everybody(server: socket.socket) -> None:
    def answer() -> None:
        try:
            while True:
                server.accept()[0].close()
        except OSError:
            return  # the test closed it

    threading.Thread(target=answer, daemon=True).start()


@pytest.mark.parametrize("start", [servers.start_mongo, servers.start_redis])
def test_a_stranger_of_the_same_kind_on_our_port_is_not_taken_for_ours(
    start: Callable[..., children.Child], folder: Path
) -> None:
    stranger = start()
    (folder / "port").write_text(str(stranger.port))
    ours = start(folder)
    assert ours.port != stranger.port
    assert wait_for_end(stranger.pid, seconds=0) is False
    ours.stop()
    stranger.stop()


def test_a_port_lost_between_choice_and_start_is_chosen_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(children, "remembered_port", lambda _: port(taken))
        redis = servers.start_redis(folder)
        assert redis.port != port(taken)
        with Redis.from_url(redis.uri) as client:
            assert client.ping()
        redis.stop()


def port(server: socket.socket) -> int:
    return int(server.getsockname()[1])


def test_children_die_with_a_killed_parent(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        parent.kill()
    assert len(pids) == 2
    assert all(wait_for_end(pid) for pid in pids)
    servers.start_redis(folder / "r").stop()  # the folder is free again


def test_a_child_that_outlived_its_parent_is_stopped_first(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stale:
        (folder / "pid").write_text(processes.identity(stale.pid) or "")
        redis = servers.start_redis(folder)
        assert stale.wait(SAFETY_NET) == -signal.SIGTERM
        redis.stop()


def test_somebody_else_with_the_same_number_is_left_alone(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        (folder / "pid").write_text(f"{processes.identity(other.pid)}0")
        servers.start_redis(folder).stop()
        assert other.poll() is None
        other.kill()


def test_a_folder_serves_one_process_at_a_time(folder: Path) -> None:
    redis = servers.start_redis(folder)
    with pytest.raises(StartError, match=f"Process {os.getpid()} already runs Redis in"):
        servers.start_redis(folder)
    redis.stop()
    servers.start_redis(folder).stop()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError, match=r"Cannot write to .*file/mongo .*DATA_DIR"):
        servers.start_mongo(tmp_path / "file/mongo")


def test_too_small_a_disk_is_refused_before_it_is_full(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "room", lambda _: 100)
    with pytest.raises(StartError, match=r"has 100 MB free, 700 MB are needed"):
        servers.start_mongo(folder)
    servers.start_redis(folder).stop()  # the folder was given back


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (
            "echo 'error while loading shared libraries: libcurl.so.4: none' >&2; exit 127",
            r"^MongoDB needs libcurl.so.4: apt-get install libcurl4, or set MONGODB_URI$",
        ),
        ("echo 'version `GLIBC_2.34 not found' >&2; exit 1", r"too old .* set MONGODB_URI$"),
        ("kill -ILL $$", r"lacks AVX.* set MONGODB_URI$"),
        ("echo out of luck; exit 1", r"^MongoDB stopped at once \(out of luck\); its log: /"),
        (
            """echo '{"s":"E","msg":"Newer data","attr":{"found":"8.0"}}'; echo bye; exit 62""",
            r"^MongoDB stopped at once \(Newer data \{'found': '8.0'\}\); its log: /",
        ),
        ("exit 1", r"^MongoDB stopped at once \(it wrote nothing\); its log: /"),
    ],
)
def test_why_mongo_does_not_start_is_said_in_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, script: str, says: str
) -> None:
    program = folder / "bin" / "mongod"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    for place in (folder, None):
        with pytest.raises(StartError, match=says) as caught:
            servers.start_mongo(place)
        assert "\n" not in str(caught.value)


def test_without_any_program_one_reads_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers.shutil, "which", lambda _: None)
    monkeypatch.setattr(servers.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(
        StartError, match=r"No mongod found for Linux .*: install MongoDB, or set"
    ):
        servers.start_mongo(folder)


def test_the_folders_of_killed_tests_are_removed_and_no_others() -> None:
    mine, dead = folders.throwaway_folder(), folders.throwaway_folder()
    young = folders.throwaway_folder()  # made, but nothing runs in it yet
    redis = servers.RedisServer(mine, throwaway=True)
    (dead / "pid").write_text("")
    shutil.rmtree(folders.throwaway_folder())
    assert mine.exists()
    assert young.exists()
    assert not dead.exists()
    young.rmdir()
    redis.stop()
    assert not mine.exists()


def test_big_logs_are_put_aside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    servers.start_redis(folder).stop()
    monkeypatch.setattr(children, "LOG_BYTES", 10)
    servers.start_redis(folder).stop()
    assert (folder / "log.1.txt").exists()
    assert "Ready to accept" in (folder / "log.txt").read_text()
