#!/usr/bin/env python3
"""Verifies a Twokey audit export without Twokey: Python 3.8 and the openssl program (3.0 or later).

    python3 verify-audit.py EXPORT --key VKEY_OR_FILE [--witness FILE ...]

Written from docs/audit.md, sharing nothing with the program, so that neither has to be trusted alone.
Stops at the first fault. Exit codes: 0 whole, 1 broken, 2 incomplete or not able to verify.
"""
import argparse, base64, hashlib, json, os, re, subprocess, sys, tempfile

NOTE = re.compile(r"(?:^|(?<=\n))[^\s+]+\n\d+\n[A-Za-z0-9+/]{43}=\n\n(?:— \S+ [A-Za-z0-9+/]+={0,2}(?:\n|$))+")
RECORD = {"v", "log", "operation", "seq", "prev", "at", "type", "actor", "data"}

class Broken(Exception):
    pass

def check(ok, text):
    if not ok:
        raise Broken(text)

def sha(data):
    return hashlib.sha256(data).digest()

def no_fraction(number):
    raise ValueError("a number that is no integer: " + number)

def canonical(value):
    """RFC 8785 for integers: members sorted by UTF-16 code units, no spaces, UTF-8 as it is."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(canonical(key) + ":" + canonical(item) for key, item in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)

def read_object(text, where):
    try:
        value = json.loads(text, parse_float=no_fraction, parse_constant=no_fraction)
    except (ValueError, RecursionError) as error:
        raise Broken(f"{where}: {error}")
    same = canonical(value).encode("utf-8", "surrogatepass") == text.encode("utf-8")
    check(same and isinstance(value, dict), f"{where}: not an object in canonical JSON")
    return value

def decode(text):
    raw = base64.b64decode(text)
    check(base64.b64encode(raw).decode() == text, "malformed base64")
    return raw

def parse_vkey(text):
    name, key_id, encoded = text.strip().split("+", 2)
    key = decode(encoded)
    check(len(key) == 33 and key[0] == 1, f"{name}: not an Ed25519 vkey")
    check(sha(name.encode() + b"\n" + key)[:4].hex() == key_id, f"{name}: the key id does not fit the key")
    return name, bytes.fromhex(key_id), key[1:]

def signature_fits(key, text, signature):
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("key", "text", "signature")]
        for path, data in zip(paths, (bytes.fromhex("302a300506032b6570032100") + key, text, signature)):
            with open(path, "wb") as file:
                file.write(data)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin"]
        command += ["-inkey", paths[0], "-in", paths[1], "-sigfile", paths[2]]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

def open_checkpoint(note, keys):
    """The size and root of a C2SP tlog-checkpoint that one of the keys signed."""
    text, _, lines = note.rpartition("\n\n")
    head = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]*)\n([A-Za-z0-9+/]{43}=)", text)
    check(head and lines.endswith("\n"), "a checkpoint is malformed")
    signed = False
    for line in lines[:-1].split("\n"):
        signer = re.fullmatch(r"— (\S+) ([A-Za-z0-9+/]+={0,2})", line)
        check(signer, "a signature line of a checkpoint is malformed")
        raw = decode(signer.group(2))
        for name, key_id, key in keys:
            if (signer.group(1), raw[:4]) == (name, key_id):
                check(head.group(1) == name, f"a checkpoint of {head.group(1)} is signed by the key of {name}")
                check(signature_fits(key, (text + "\n").encode(), raw[4:]), f"a signature of {name} does not fit")
                signed = True
    check(signed, "a checkpoint is not signed by a trusted key")
    return int(head.group(2)), decode(head.group(3))

def append(frontier, leaf):
    """RFC 6962: the frontier lists (leaves below, hash) of the complete subtrees, largest first."""
    frontier.append((1, leaf))
    while len(frontier) > 1 and frontier[-1][0] == frontier[-2][0]:
        (count, right), (_, left) = frontier.pop(), frontier.pop()
        frontier.append((2 * count, sha(b"\x01" + left + right)))

def root_of(frontier):
    root = frontier[-1][1] if frontier else sha(b"")
    for _, left in reversed(frontier[:-1]):
        root = sha(b"\x01" + left + root)
    return root

def kept_roots(witnesses, keys):
    kept = {}
    for note in witnesses:
        try:
            size, root = open_checkpoint(note, keys)
            kept.setdefault(size, set()).add(root)
        except Broken:
            pass  # anyone could have written it
    return kept

def verify(file, keys, witnesses):
    """How many records there are, are signed, and were seen elsewhere; raises Broken."""
    frontier, last, count, signed, seen, ended, sums = [], {}, 0, 0, 0, False, hashlib.sha256()
    header, kept = None, {}
    for number, raw in enumerate(file, 1):
        text = raw.decode("utf-8").rstrip("\n")
        check(not ended, f"line {number}: the file goes on after its end")
        line = read_object(text, f"line {number}" + (f", record {count}" if text.startswith('{"index"') else ""))
        if header is None:
            header = line
            check(header.get("twokey") == "audit-export" and header.get("v") == 1, "not an audit export")
            keys = keys or [parse_vkey(vkey) for vkey in header["vkeys"]]
            check(all(name == header["log"] for name, _, _ in keys), f"the export is of {header['log']}, the key is not")
            kept = kept_roots(witnesses, keys)
        elif "end" in line:
            check(line == {"end": {"lines": number - 1, "sha256": sums.hexdigest()}}, "the file's checksum differs")
            ended = True
        elif "checkpoint" in line:
            head = open_checkpoint(line["checkpoint"], keys)
            check(head == (count, root_of(frontier)), f"record {signed} or one of those up to {count - 1}: rewritten")
            signed = count
        elif "statement" in line:
            check(line["sha256"] == sha(line["statement"].encode()).hex(), f"line {number}: the statement was changed")
        else:
            here = f"record {count}"
            check(set(line) == {"index", "leaf", "record"} and line["index"] == count, f"{here}: missing or moved")
            leaf = sha(b"\x00" + line["record"].encode())
            check(leaf.hex() == line["leaf"], f"{here}: it does not fit the hash beside it")
            record = read_object(line["record"], here)
            check(set(record) == RECORD and record["log"] == header["log"], f"{here}: not a record of this log")
            before = last.get(record["operation"], (-1, None))
            check((record["seq"] - 1, record["prev"]) == before, f"{here}: does not follow its operation's last one")
            last[record["operation"]] = (record["seq"], line["leaf"])
            append(frontier, leaf)
            count += 1
            if count in kept:
                same = kept[count] == {root_of(frontier)}
                check(same, f"record {seen} or one of those up to {count - 1}: rewritten, says what was kept elsewhere")
                seen, signed = count, max(signed, count)
        sums.update(text.encode("utf-8") + b"\n")
    check(ended and count == header["size"], f"record {count}: cut off from here on")
    check(max(kept, default=0) <= count, f"record {count}: cut off from here on, says what was kept elsewhere")
    return count, signed, seen

def strings(value):
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [value] if isinstance(value, str) else [text for item in items for text in strings(item)]

def notes_in(path):
    """Checkpoints in a Slack export, in another export, or in plain text."""
    found = []
    with open(path, encoding="utf-8") as file:
        whole = file.read()
    for part in [whole, *whole.split("\n")]:
        try:
            found += strings(json.loads(part))
        except ValueError:
            found.append(part)
    return [note.rstrip("\n") + "\n" for text in found for note in NOTE.findall(text.replace("```", "\n"))]

def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("export")
    options.add_argument("--key", action="append", default=[], help="a vkey, or a file that holds one")
    options.add_argument("--witness", nargs="+", default=[], help="files with checkpoints that were kept elsewhere")
    given = options.parse_args()
    try:
        keys = [parse_vkey(open(key, encoding="utf-8").read() if os.path.exists(key) else key) for key in given.key]
        witnesses = [note for path in given.witness for note in notes_in(path)]
        file = open(given.export, "rb")
    except (Broken, OSError, ValueError) as error:
        print(f"CANNOT VERIFY: {error}")
        return 2
    try:
        count, signed, seen = verify(file, keys, witnesses)
    except (Broken, KeyError, TypeError, ValueError) as error:
        print(f"BROKEN: {error}")
        return 1
    gaps = ["no key was given to trust"] * (not keys) + ["nothing kept elsewhere was given"] * (seen == 0)
    gaps += [f"records from {signed} on are not signed yet"] * (signed < count)
    print("INCOMPLETE: " + "; ".join(gaps) if gaps else f"WHOLE: {count} records, the first {seen} kept elsewhere too")
    return 2 if gaps else 0

if __name__ == "__main__":
    sys.exit(main())
