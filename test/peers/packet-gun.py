#!/usr/bin/env python3
"""packet-gun.py INTERFACE MILLISECONDS: for each line of hexadecimal on the input, sends that frame, and prints the frames that
arrive in the time after it, in hexadecimal and separated by spaces, on one line."""
import select, socket, sys, time

ETH_P_ALL = 3
PACKET_OUTGOING = 4
card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
card.bind((sys.argv[1], ETH_P_ALL))


def arrivals(seconds):
    end = time.monotonic() + seconds
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([card], [], [], left)[0]:
            return
        frame, where = card.recvfrom(65536)
        if where[2] != PACKET_OUTGOING:
            yield frame.hex()


for line in sys.stdin:
    card.send(bytes.fromhex(line))
    print(" ".join(arrivals(int(sys.argv[2]) / 1000)), flush=True)
