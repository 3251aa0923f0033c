import multiprocessing
from collections import Counter
from queue import Empty

import pytest
from kombu import Connection, Exchange, Queue

from config import broker

broker.register()
MESSAGES = 400


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path)


def connect(folder):
    return Connection("file://localhost", transport_options={"folder": folder, "polling_interval": 0.01})


def write(folder, writer):
    with connect(folder) as connection:
        queue = connection.SimpleQueue("bells")
        for number in range(MESSAGES):
            queue.put([writer, number])


def read(folder, found):
    got = []
    with connect(folder) as connection:
        queue = connection.SimpleQueue("bells")
        while (message := queue.get(timeout=20)).payload != "end":
            got.append(tuple(message.payload))
            message.ack()
        message.ack()
    found.put(got)


def test_it_hands_each_message_to_one_of_several_readers(folder):
    spawn = multiprocessing.get_context("spawn")
    found = spawn.Queue()
    readers = [spawn.Process(target=read, args=(folder, found)) for _ in range(2)]
    writers = [spawn.Process(target=write, args=(folder, writer)) for writer in range(3)]
    for process in readers + writers:
        process.start()
    for process in writers:
        process.join()
    with connect(folder) as connection:
        for _reader in readers:
            connection.SimpleQueue("bells").put("end")
    got = Counter(found.get(timeout=30) + found.get(timeout=30))
    for process in readers:
        process.join()
    assert got == Counter((writer, number) for writer in range(3) for number in range(MESSAGES))


def test_it_keeps_the_order_and_names_any_queue(folder):
    with connect(folder) as connection:
        queue = connection.SimpleQueue("a/queue:with %odd. names")
        for number in range(5):
            queue.put(number)
        assert len(queue) == 5
        assert [queue.get(block=False).payload for _ in range(5)] == [0, 1, 2, 3, 4]
        with pytest.raises(Empty):
            queue.get(block=False)


def test_it_forgets_a_deleted_queue(folder):
    with connect(folder) as connection:
        channel = connection.channel()
        kept, gone = (Queue(name, Exchange("news", "fanout"))(channel) for name in ("kept", "gone"))
        kept.declare()
        gone.declare()
        gone.delete()
        connection.Producer(channel).publish("hello", exchange="news", routing_key="")
        assert kept.get().payload == "hello"
        assert gone.get() is None


def test_it_ignores_a_message_that_is_still_being_written(folder, tmp_path):
    with connect(folder) as connection:
        queue = connection.SimpleQueue("bells")
        queue.put("whole")
        (tmp_path / "queues" / "bells" / "half.part").write_text('{"bod')
        assert len(queue) == 1
        assert queue.get(block=False).payload == "whole"
