"""Records the sample captures on this machine's kernel, and checks what the analysis makes of them.

    npm run samples:record                              all of them, into a folder of their own
    npm run samples:record -- --only kill               those whose name contains "kill"; "kill,fin" for several
    npm run samples:record -- --into samples            over the committed ones
    npm run samples:record -- --delay 20                every path with 20 ms of delay, --ipv6 over IPv6

Needs root, Linux, tcpdump, iproute2 and nftables. Everything happens in network namespaces that are removed again; no
packet leaves them. Beside the captures stands recorded.ndjson: what was done, when, and which endings are right.
"""

import argparse
import glob
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from concurrent.futures import ThreadPoolExecutor

from lab import HERE, Lab, kernel
from recording import RECORDINGS

ROOT = os.path.dirname(os.path.dirname(HERE))
CLI = os.path.join(ROOT, "bin", "tcp-teardown.js")


def main():
    arguments = parse()
    check_tools()
    for path in sorted(glob.glob(os.path.join(HERE, "kinds", "*.py"))):
        importlib.import_module(f"kinds.{os.path.basename(path)[:-3]}")
    folder = arguments.into or tempfile.mkdtemp(prefix="tcp-teardown-samples-")
    os.makedirs(folder, exist_ok=True)
    # A recording has the same addresses whether others are made or not.
    numbers = {name: at + 1 for at, name in enumerate(sorted(RECORDINGS))}
    names = [name for name in numbers if any(text in name for text in arguments.only.split(","))]
    print(f"{len(names)} recordings on Linux {kernel()}, into {folder}", file=sys.stderr)
    with ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(lambda name: record(folder, name, numbers[name], arguments), names))
    rows = [row for result in results for row in result]
    write_truths(os.path.join(folder, "recorded.ndjson"), rows)
    failed = sum(1 for row in rows if "error" in row) + judge(folder, rows)
    print(f"{failed} not as expected" if failed else "all as expected")
    return 1 if failed else 0


def write_truths(path, rows):
    """Replaces the lines of the captures that were recorded now; others stay."""
    kept = []
    if os.path.exists(path):
        with open(path) as source:
            kept = [json.loads(line) for line in source]
    now = {row["capture"] for row in rows}
    rows = sorted((row for row in kept if row["capture"] not in now), key=order) + rows
    with open(path, "w") as target:
        for row in sorted(rows, key=order):
            target.write(json.dumps(row) + "\n")


def order(row):
    return row["capture"], row.get("stream", 0)


def parse():
    parser = argparse.ArgumentParser(prog="npm run samples:record --")
    parser.add_argument("--into", metavar="DIR", help="folder for the captures (default: a new one below /tmp)")
    parser.add_argument("--only", default="", metavar="TEXT", help="recordings whose name contains TEXT, or one of several with commas between")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="recordings at a time (default 1)")
    parser.add_argument("--delay", type=float, metavar="MS", help="delay of every direct path")
    parser.add_argument("--ipv6", action="store_true", help="IPv6 where the script allows it")
    return parser.parse_args()


def check_tools():
    if os.geteuid() != 0:
        sys.exit("samples:record makes network namespaces and has to run as root")
    missing = [tool for tool in ("ip", "ss", "nft", "tcpdump", "sysctl") if shutil.which(tool) is None]
    if missing:
        sys.exit(f"samples:record needs {', '.join(missing)} (Debian: iproute2, nftables, tcpdump, procps)")


def record(folder, name, number, arguments):
    recording = RECORDINGS[name]
    options = dict(recording.options)
    is_ipv4_only = options.pop("ipv4_only", False)
    if arguments.ipv6 and is_ipv4_only:
        return []
    if arguments.delay is not None and not options.get("routed"):
        options.setdefault("delay_s", arguments.delay / 1000)
    if arguments.ipv6:
        options["ipv6"] = True
    lab = None
    try:
        routed = options.pop("routed", False)
        lab = Lab(folder, name, number, **options)
        lab.build(routed, options.get("delay_s"))
        lab.settle()
        recording.script(lab)
        lab.finish()
    except Exception:
        traceback.print_exc()
        return [{"capture": name, "what": recording.what, "error": traceback.format_exc(limit=1)}]
    finally:
        if lab is not None:
            lab.close()
    print(f"  {name}", file=sys.stderr)
    return [{**row, "what": recording.what} for row in lab.truths]


def judge(folder, rows):
    """Prints what the analysis says of each connection; returns how many it gets wrong."""
    captures = sorted({row["capture"] for row in rows if "stream" in row})
    if not captures:
        return 0
    command = ["node", CLI, "analyze", "--format", "ndjson", *(os.path.join(folder, capture) for capture in captures)]
    output = subprocess.run(command, capture_output=True, text=True).stdout
    found = {}
    for line in output.splitlines():
        connection = json.loads(line)
        if connection["type"] == "connection":
            found[os.path.basename(connection["capture"]), connection["stream"]] = connection
    wrong = 0
    for row in rows:
        if "stream" not in row:
            continue
        connection = found.get((row["capture"], row["stream"]))
        if connection is None:
            wrong += 1
            print(f"MISSING {row['capture']} stream {row['stream']}")
            continue
        ending = f"{connection['verdict']}.{connection['cause']}"
        right = ending in row["endings"] and connection["closer"] in row["closer"]
        wrong += not right
        mark = "ok     " if right else "WRONG  "
        print(f"{mark} {row['capture']:36} {row['stream']:>2}  {ending:42} {connection['confidence']:9} {connection['closer']}")
        if not right:
            print(f"        {row['what']}\n        right would be {', '.join(row['endings'])} by {'|'.join(row['closer'])}\n        {connection['explanation']}")
    return wrong


sys.exit(main())
