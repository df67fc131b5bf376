"""A small load generator: a few lasting connections, each asking as soon as it has its answer.

Written on sockets, because on a machine that it shares with the servers every microsecond of its own counts against the
fastest of them.
"""

from __future__ import annotations

import re
import socket
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from threading import Thread

CONNECTIONS = 4
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
TAG = re.compile(rb"\r\netag: *(\S+)", re.IGNORECASE)


class UnexpectedAnswer(Exception):
    """A server answered something else than was measured."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request and the status that its answer must have."""

    path: str
    tag: str = ""

    @property
    def status(self) -> bytes:
        return b"304" if self.tag else b"200"

    @property
    def bytes(self) -> bytes:
        condition = f"If-None-Match: {self.tag}\r\n" if self.tag else ""
        return f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n{condition}\r\n".encode()


class Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = memoryview(bytearray(1 << 18))

    def ask(self, question: Question) -> tuple[bytes, int]:
        """The head of the answer and the length of its body, which is not kept. Knows no chunks."""
        self.socket.sendall(question.bytes)
        head = b""
        while (end := head.find(b"\r\n\r\n")) < 0:
            if not (received := self.socket.recv_into(self.buffer)):
                raise UnexpectedAnswer(f"{question.path}: the server closed the connection")
            head += bytes(self.buffer[:received])
        if head[9:12] != question.status:
            raise UnexpectedAnswer(f"{question.path}: {head[:400]!r}")
        if question.tag:
            return head, 0
        if not (found := LENGTH.search(head, 0, end)):
            raise UnexpectedAnswer(f"{question.path}: an answer without a length")
        length = int(found[1])
        remaining = length - (len(head) - end - 4)
        while remaining > 0:
            received = self.socket.recv_into(self.buffer)
            if not received:
                raise UnexpectedAnswer(f"{question.path}: the server closed the connection")
            remaining -= received
        return head[:end], length

    def close(self) -> None:
        self.socket.close()


def tag_of(port: int, path: str) -> str:
    """The validator that the server gives for this address now."""
    connection = Connection(port)
    try:
        head, _length = connection.ask(Question(path))
    finally:
        connection.close()
    found = TAG.search(head)
    if not found:
        raise UnexpectedAnswer(f"{path}: no validator")
    return found[1].decode()


def rate(ports: Sequence[int], questions: Sequence[Question], seconds: float, most: int) -> float:
    """Answers a second over evenly shared connections. Ends after ``seconds`` or ``most`` answers."""
    connections = [Connection(ports[number % len(ports)]) for number in range(CONNECTIONS)]
    for connection in connections:  # a server that has just started, or has nothing kept, is not what is measured
        connection.ask(questions[0])
    done = [0] * len(connections)
    failed: list[Exception] = []
    begins = time.perf_counter()
    ends = begins + seconds

    def run(number: int) -> None:
        connection, turn = connections[number], number
        try:
            while done[number] * len(connections) < most and time.perf_counter() < ends and not failed:
                connection.ask(questions[turn % len(questions)])
                done[number] += 1
                turn += len(connections)
        except Exception as error:
            failed.append(error)

    threads = [Thread(target=run, args=[number]) for number in range(len(connections))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - begins
    for connection in connections:
        connection.close()
    if failed:
        raise failed[0]
    return sum(done) / taken


def milliseconds(port: int, questions: Sequence[Question]) -> float:
    """The median of the times of these questions, asked one after the other."""
    connection = Connection(port)
    times = []
    try:
        for question in questions:
            started = time.perf_counter()
            connection.ask(question)
            times.append(time.perf_counter() - started)
    finally:
        connection.close()
    return statistics.median(times) * 1000


def stream(port: int, path: str, least: int) -> float:
    """Seconds until a file that is sent as it is written is there, with at least so many lines."""
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    started = time.perf_counter()
    lines = 0
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        while part := response.read(1 << 18):
            lines += part.count(b"\n")
    finally:
        connection.close()
    if response.status != 200 or lines < least:
        raise UnexpectedAnswer(f"{path}: {response.status}, {lines} lines instead of {least}")
    return time.perf_counter() - started
