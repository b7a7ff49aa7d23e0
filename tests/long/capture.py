"""Writes a capture (pcap) of one DNS query for a URL's host and one HTTP request for the URL."""
import struct
import sys
from urllib.parse import urlsplit

CLIENT, SERVER = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 53])


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def packet(protocol, source, target, payload):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0, source, target)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def udp(payload):
    return packet(17, CLIENT, SERVER, struct.pack("!HHHH", 20000, 53, 8 + len(payload), 0) + payload)


def tcp(from_port, to_port, seq, ack, flags, payload, source, target):
    head = struct.pack("!HHIIBBHHH", from_port, to_port, seq, ack, 0x50, flags, 65535, 0, 0)
    return packet(6, source, target, head + payload)


def main(url, path):
    parts = urlsplit(url)
    host = parts.hostname
    name = b"".join(bytes([len(label)]) + label.encode() for label in host.split(".")) + b"\0"
    uri = parts.path + ("?" + parts.query if parts.query else "")
    asked = ("GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: uji\r\n\r\n" % (uri, host)).encode()
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    there, back = (30000, 80), (80, 30000)
    packets = [
        udp(struct.pack("!HHHHHH", 1, 0x100, 1, 0, 0, 0) + name + struct.pack("!HH", 1, 1)),
        tcp(*there, 1000, 0, 2, b"", CLIENT, SERVER),
        tcp(*back, 5000, 1001, 0x12, b"", SERVER, CLIENT),
        tcp(*there, 1001, 5001, 0x10, b"", CLIENT, SERVER),
        tcp(*there, 1001, 5001, 0x18, asked, CLIENT, SERVER),
        tcp(*back, 5001, 1001 + len(asked), 0x18, said, SERVER, CLIENT),
        tcp(*there, 1001 + len(asked), 5001 + len(said), 0x11, b"", CLIENT, SERVER),
        tcp(*back, 5001 + len(said), 1002 + len(asked), 0x11, b"", SERVER, CLIENT),
        tcp(*there, 1002 + len(asked), 5002 + len(said), 0x10, b"", CLIENT, SERVER),
    ]
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number, one in enumerate(packets):
            frame = b"\2" * 6 + b"\4" * 6 + b"\x08\0" + one
            out.write(struct.pack("<IIII", 1700000000 + number, 0, len(frame), len(frame)) + frame)


main(*sys.argv[1:])
