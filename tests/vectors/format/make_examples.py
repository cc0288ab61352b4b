#!/usr/bin/env python3
"""Makes the vector files of this folder and the worked examples of lib/format/FORMAT.md, from the page alone and
without the code they check: BLAKE2b from Python's hashlib, the AEADs and ChaCha20 from pyca/cryptography. The inputs
are fixed, so that every run gives the same bytes.  Usage: make_examples.py  (needs python3-cryptography)"""
import hashlib
import json
import pathlib
import re

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

FOLDER = pathlib.Path(__file__).parent
PAGE = FOLDER.parents[2] / "lib" / "format" / "FORMAT.md"
OK, CORRUPT, VERSION, AUTH = "Ok", "Corrupt", "UnsupportedVersion", "AuthFailed"


# ---- bytes
def be(number, size):
    return number.to_bytes(size, "big")


def prefixed(data, size=4):
    return be(len(data), size) + data


def made(name, size):
    """`size` bytes that look random and are the same on each run."""
    return hashlib.shake_256(("medseal format example " + name).encode()).digest(size)


def flat(fields):
    """Fields are (meaning, bytes); a layout is a list of them."""
    return b"".join(data for _, data in fields)


def flipped(data, at, bit=0):
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:]


def replaced(data, at, new):
    return data[:at] + new + data[at + len(new):]


# ---- the construct
def blake2b(data, size, purpose, key=b""):
    return hashlib.blake2b(data, digest_size=size, key=key, person=purpose.encode().ljust(16, b"\0")).digest()


def subkey(key, purpose):
    return blake2b(b"", 32, purpose, key)


ITEMS = dict(store=1, patient=2, record_tag=3, public_digest=4, class_=5, version=6, bucket=7, epoch=8, row_kind=9,
             row_id=10, person=11, instance=12, number=13, row_key=14, stream=15, index=16, generation=17,
             audit_key_id=18, token_key=19)


def context(kind, **items):
    """Numbers become 8 bytes. In the order given."""
    fields = [("context version", b"\1"), ("kind", be(kind, 1))]
    for name, value in items.items():
        value = be(value, 8) if isinstance(value, int) else value
        fields.append((f"item {ITEMS[name]}, {name.strip('_').replace('_', ' ')}",
                       be(ITEMS[name], 1) + prefixed(value)))
    return fields


def label(purpose, suite=1, class_number=255, generation=0, number=0):
    return [("magic \"medseal1\"", b"medseal1"), ("purpose", be(purpose, 1)), ("suite", be(suite, 1)),
            ("class", be(class_number, 1)), ("zero", b"\0"), ("generation", be(generation, 4)),
            ("number", be(number, 8)), ("zeros", bytes(16))]


def derive(key, salt, place):
    digest = blake2b(flat(place["context"]), 32, "medseal.v1.ctx")
    okm = blake2b(key + salt + digest + flat(label(**place["label"])), 64, "medseal.v1.kdf..")
    return okm[:32], okm[32:]


def aead(suite, key, content, nonce=bytes(12)):
    return (ChaCha20Poly1305 if suite == 1 else AESGCM)(key).encrypt(nonce, content, None)


def keystream(key, size):
    return Cipher(ChaCha20(key, bytes(16)), None).encryptor().update(bytes(size))


def place(context_fields, purpose, suite=1, **parts):
    return dict(context=context_fields, label=dict(purpose=purpose, suite=suite, **parts))


def seal(key, salt, where, content):
    message_key, commitment = derive(key, salt, where)
    suite = where["label"]["suite"]
    return [("version", b"\1"), ("suite", be(suite, 1)), ("salt", salt), ("commitment", commitment),
            ("message: ciphertext and tag", aead(suite, message_key, content))]


# ---- padding
def padme(size):
    if size < 2:
        return size
    exponent = size.bit_length() - 1
    low = exponent - exponent.bit_length()
    return size if low <= 0 else -(-size >> low) << low


def round_up(size, step):
    return -(-size // step) * step


def padded_group(size):
    return round_up(size, 32) if size <= 512 else padme(size)


def padded_row(size):
    return round_up(size, 256) if size <= 2048 else padme(size)


def padded_header(size):
    return round_up(size, 128) if size <= 2048 else padme(size)


def fill(fields, padded):
    size = len(flat(fields))
    return fields + [("padding", bytes(padded(size) - size))]


# ---- files and page
blocks = {}


def text(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {k: text(v) for k, v in value.items()}
    return [text(v) for v in value] if isinstance(value, list) else value


def show(name, fields):
    """Remembers `fields` as the hex block `name` of the page."""
    lines = []
    for meaning, data in fields:
        rows = [data[i:i + 32].hex() for i in range(0, len(data), 32)] or [""]
        rows = rows if len(rows) <= 8 else rows
        lines += [f"{row:<64}  {meaning if i == 0 else ''}".rstrip() for i, row in enumerate(rows) if row]
    blocks[name] = "\n".join(lines) + "\n"


def write(name, note, cases):
    (FOLDER / f"{name}.json").write_text(json.dumps({"note": note, "cases": [text(c) for c in cases]}, indent=1) + "\n")


def layout(name, note, fields, decoded, refused, accepted=(), shown=None, open_end=False):
    """A layout: its worked example with what it decodes to, then further bytes to accept and bytes to refuse, each with
    its code. What every layout refuses is added: nothing at all and, unless it ends in bytes of any number, the example
    cut short."""
    whole = flat(fields)
    cases = [dict(name="worked example", code=OK, bytes=whole, **decoded)]
    cases += [dict(name=title, code=OK, bytes=data) for title, data in accepted]
    cases += [dict(name=title, code=code, bytes=data) for title, code, data in refused]
    cases.append(dict(name="no bytes", code=CORRUPT, bytes=b""))
    if not open_end:
        cases.append(dict(name="last byte cut off", code=CORRUPT, bytes=whole[:-1]))
    write(name, note, cases)
    show(name, fields if shown is None else shown)


def update_page():
    def block(found):
        return f"```{found[1]} {found[2]}\n{blocks[found[2]]}```"

    PAGE.write_text(re.sub(r"```(hex|text) (\w+)\n.*?```", lambda m: block(m) if m[2] in blocks else m[0],
                           PAGE.read_text(), flags=re.S))


# ---- one patient of one store, in all examples
STORE, PATIENT, STREAM = made("store", 16), made("patient", 16), made("stream", 16)
K_PATIENT, K_AUDIT, K_BUCKET = made("K_patient", 32), made("K_audit", 32), made("bucket key", 32)
EPOCH_SECRET, META_KEY, X_M = made("epoch secret", 32), made("meta key", 32), made("X_m", 32)
CLASS_KEY, DATA_KEY, INDEX_KEY = made("class key", 32), made("data key", 32), made("index key", 32)
CLASS, CLASS_VERSION, GENERATION, EPOCH = 3, 2, 1, 7
TYPE, RECORD_ID, VERSION_NUMBER = b"LabResult", b"lab-2021-000042", 5
RECORD_NAME = prefixed(TYPE, 1) + RECORD_ID
TAG = blake2b(RECORD_NAME, 16, "ms.tag", subkey(K_PATIENT, "ms.tag"))
TOKEN = blake2b(b"1840578006048", 16, "ms.token", INDEX_KEY)
POSTING_ROW_KEY = b"t" + blake2b(be(4, 4) + be(1, 4) + TOKEN + be(0, 8), 16, "ms.posting", X_M)
RECORD = context(1, store=STORE, patient=PATIENT, record_tag=TAG)


def contexts():
    made_of = [("record", 1, dict(store=STORE, patient=PATIENT, record_tag=TAG)),
               ("slot", 3, dict(store=STORE, patient=PATIENT, class_=CLASS, version=CLASS_VERSION)),
               ("bucket key", 5, dict(store=STORE, number=9, bucket=311, version=1, epoch=EPOCH)),
               ("settings row of meta", 7, dict(store=STORE, epoch=EPOCH, row_kind=1, row_id=b"")),
               ("posting", 13, dict(store=STORE, row_key=POSTING_ROW_KEY)),
               ("no items", 14, {}), ("longest item", 14, dict(stream=made("longest", 64)))]
    cases = []
    for name, kind, items in made_of:
        fields = context(kind, **items)
        values = [be(v, 8) if isinstance(v, int) else v for v in items.values()]
        # Behind a 00 each, so that an empty value does not vanish from the list.
        cases.append(dict(name=name, kind=kind, items=[ITEMS[i] for i in items], values=[b"\0" + v for v in values],
                          bytes=flat(fields), digest=blake2b(flat(fields), 32, "medseal.v1.ctx")))
    write("context", "Contexts and their digests; each value stands behind one byte 00", cases)
    show("context", context(3, store=STORE, patient=PATIENT, class_=CLASS, version=CLASS_VERSION))


def labels():
    parts = [dict(purpose=5, suite=1, class_number=CLASS, generation=GENERATION),
             dict(purpose=1, suite=2, class_number=0, generation=2**32 - 1, number=2**64 - 1),
             dict(purpose=3, class_number=4, number=7), dict(purpose=12, number=2)]
    cases = []
    for p in parts:
        whole = dict(dict(suite=1, class_number=255, generation=0, number=0), **p)
        cases.append(dict(whole, bytes=flat(label(**p))))
    write("label", "Labels; all 40 bytes", cases)
    show("label", label(**parts[0]))


def seals():
    """Sealed values that open in one place, and the same bytes asked of other places."""
    def case(name, key, where, content, code=OK, sealed=None, salt=made("salt", 24), was=None):
        sealed = flat(seal(key, salt, where, content)) if sealed is None else sealed
        return dict(name=name, code=code, key=key, salt=salt, context=flat(where["context"]),
                    label=dict(dict(class_number=255, generation=0, number=0), **where["label"]), content=content,
                    sealed=sealed)

    slot = place(context(3, store=STORE, patient=PATIENT, class_=CLASS, version=CLASS_VERSION), 5, class_number=CLASS,
                 generation=1)
    head = place(context(12, store=STORE, patient=PATIENT), 14)
    good = [case("slot: data key under class key", CLASS_KEY, slot, DATA_KEY),
            case("bucket key under epoch secret", EPOCH_SECRET,
                 place(context(5, store=STORE, number=9, bucket=311, version=1, epoch=EPOCH), 7), K_BUCKET),
            case("meta key under epoch secret", EPOCH_SECRET, place(context(6, store=STORE, epoch=EPOCH), 8), META_KEY),
            case("row of meta", META_KEY, place(context(7, store=STORE, epoch=EPOCH, row_kind=1, row_id=b""), 9),
                 b"settings"),
            case("head", subkey(K_PATIENT, "ms.head"), head, flat(head_content())),
            case("index key under class key", CLASS_KEY,
                 place(context(15, store=STORE, index=4, generation=1, class_=CLASS, version=CLASS_VERSION), 17,
                                                              class_number=CLASS, number=4), INDEX_KEY),
            case("posting", blake2b(TOKEN, 32, "ms.postingkey", X_M),
                 place(context(13, store=STORE, row_key=POSTING_ROW_KEY), 15), flat(posting_content())),
            case("nothing", CLASS_KEY, slot, b""), case("1000 bytes", CLASS_KEY, slot, made("content", 1000))]
    for one in list(good):
        second = place([("", one["context"])], **dict(one["label"], suite=2))
        good.append(case(one["name"] + ", suite 2", one["key"], second, one["content"], salt=made("salt 2", 24)))

    def asked(name, key=CLASS_KEY, code=AUTH, context_fields=None, sealed=good[0]["sealed"], **parts):
        where = place(context_fields or slot["context"], **dict(slot["label"], **parts))
        return dict(case(name, key, where, DATA_KEY, code), sealed=sealed)

    other = dict(store=STORE, patient=PATIENT, class_=CLASS, version=CLASS_VERSION)
    bad = [asked("another key", key=made("another", 32)),
           asked("another patient", context_fields=context(3, **dict(other, patient=made("bob", 16)))),
           asked("another store", context_fields=context(3, **dict(other, store=made("store 2", 16)))),
           asked("another class", context_fields=context(3, **dict(other, class_=4))),
           asked("another class-key version", context_fields=context(3, **dict(other, version=1))),
           asked("another kind of place", context_fields=context(4, **other)),
           asked("another purpose", purpose=17), asked("another class in the label", class_number=4),
           asked("another generation", generation=2), asked("another number", number=1),
           asked("another suite asked for", suite=2)]
    sealed = good[0]["sealed"]
    bad += [asked("suite byte 2", sealed=replaced(sealed, 1, b"\2")),
            asked("suite byte 0", sealed=replaced(sealed, 1, b"\0")),
            asked("suite byte 255", sealed=replaced(sealed, 1, b"\xff")),
            asked("version 0", code=VERSION, sealed=replaced(sealed, 0, b"\0")),
            asked("version 2", code=VERSION, sealed=replaced(sealed, 0, b"\2")),
            asked("salt changed", sealed=flipped(sealed, 2)), asked("commitment changed", sealed=flipped(sealed, 57)),
            asked("ciphertext changed", sealed=flipped(sealed, 58)),
            asked("tag changed", sealed=flipped(sealed, len(sealed) - 1)),
            asked("cut by a byte", sealed=sealed[:-1]), asked("longer by a byte", sealed=sealed + b"\0"),
            asked("cut to less than a tag", code=CORRUPT, sealed=sealed[:58 + 15]),
            asked("the commitment of another key",
                  sealed=sealed[:26] + derive(made("another", 32), sealed[2:26], slot)[1] + sealed[58:])]
    write("seal", "Sealed values, opened with `key` where `context` and `label` say", good + bad)
    layout("sealed", "A sealed value, as the parser takes it apart", seal(CLASS_KEY, made("salt", 24), slot, DATA_KEY),
           dict(suite=1, salt=made("salt", 24), commitment=sealed[26:58], message=sealed[58:]),
           [("version 0", VERSION, replaced(sealed, 0, b"\0")), ("version 2", VERSION, replaced(sealed, 0, b"\2")),
            ("no room for a tag", CORRUPT, sealed[:58 + 15]), ("nothing but a version", CORRUPT, b"\1")],
           [("a tag alone", sealed[:58 + 16])], open_end=True)


def prfs():
    keys = {name: subkey(K_PATIENT, name) for name in ["ms.header", "ms.tag", "ms.head", "ms.headsum", "ms.void",
                                                       "ms.pad"]}
    cases = [dict(name=f"subkey {n}", purpose=n, key=K_PATIENT, message=b"", out=k) for n, k in keys.items()]

    def prf(name, purpose, key, message, size=16):
        cases.append(dict(name=name, purpose=purpose, key=key, message=message,
                          out=blake2b(message, size, purpose, key)))

    prf("record tag", "ms.tag", keys["ms.tag"], RECORD_NAME)
    prf("history row", "ms.history", keys["ms.tag"], RECORD_NAME + be(VERSION_NUMBER, 8))
    prf("chunk row", "ms.chunk", keys["ms.tag"], STREAM + be(1, 8))
    prf("inner token", "ms.token", INDEX_KEY, b"1840578006048")
    prf("posting row", "ms.posting", X_M, be(4, 4) + be(1, 4) + TOKEN + be(0, 8))
    prf("key of a token's postings", "ms.postingkey", X_M, TOKEN, 32)
    row_key, commitment = PATIENT + TAG, made("commitment", 32)
    prf("row in the head's sum", "ms.headsum", keys["ms.headsum"], prefixed(row_key, 8) + prefixed(commitment, 8), 32)
    write("prf", "Keyed BLAKE2b, personalised with the purpose: subkeys and what row keys are made of", cases)
    show("record_tag", [("length of the type", prefixed(TYPE, 1)[:1]), ("type \"LabResult\"", TYPE),
                        ("record id \"lab-2021-000042\"", RECORD_ID)])


def paddings():
    sizes = sorted({0, 1, 2, 3, 9, 31, 32, 33, 100, 127, 128, 129, 255, 256, 257, 511, 512, 513, 545, 1000, 1023, 1024,
                    1025, 2047, 2048,
                    2049, 4095, 4097, 65535, 65536, 65537, 1000000, 2**20 + 1, 2**31 + 1, 2**32 - 1, 2**32, 2**32 + 1,
                    10**12 + 1})
    write("padding", "Sizes and what they are filled up to",
          [dict(size=s, padme=padme(s), group=padded_group(s), row=padded_row(s),
                                                                   header=padded_header(s)) for s in sizes])


# ---- contents
def entry(field, kind, value):
    return [(f"field {field}", be(field, 4)), ("kind", be(kind, 1)), ("length", be(len(value), 4)), ("value", value)]


def group_content(*entries, least=0):
    listed = b"".join(flat(entry(*e)) for e in entries)
    fields = [("length of the list", be(len(listed), 4))] + [f for e in entries for f in entry(*e)]
    size = len(flat(fields))
    return fields + [("padding", bytes(padded_group(max(size, 4 + least)) - size))]


def groups():
    entries = [(2, 0, b"\x12\x05E11.9"), (5, 0, b"\x28\x01")]

    def listed(data, size=None):
        whole = prefixed(data)
        return whole.ljust(padded_group(len(whole)) if size is None else size, b"\0")

    one, two = (flat(entry(*e)) for e in entries)
    layout("group", "Contents of groups", group_content(*entries),
           dict(fields=[2, 5], kinds=[0, 0], values=[e[2] for e in entries]),
           [("fields out of order", CORRUPT, listed(two + one)), ("a field twice", CORRUPT, listed(one + one)),
            ("field 0", CORRUPT, listed(flat(entry(0, 0, b"x")))), ("kind 2", CORRUPT, listed(flat(entry(2, 2, b"x")))),
            ("list longer than the content", CORRUPT, be(29, 4) + bytes(28)),
            ("list of 4 GiB", CORRUPT, b"\xff" * 4 + bytes(28)),
            ("value longer than the list", CORRUPT, listed(be(2, 4) + b"\0" + be(9, 4) + b"12345678")),
            ("value of 4 GiB", CORRUPT, listed(be(2, 4) + b"\0\xff\xff\xff\xff" + b"12345678")),
            ("list cut within an entry", CORRUPT, listed(one + two[:5])),
            ("padding not zero", CORRUPT, flipped(listed(one), 31)),
            ("size that padding does not give", CORRUPT, listed(one, 33)),
            ("only a list, not padded", CORRUPT, prefixed(one))],
           [("an empty list", listed(b"")), ("an empty value", listed(flat(entry(9, 0, b"")))),
            ("the highest field number", listed(flat(entry(2**32 - 1, 0, b"x")))),
            ("a declared size", flat(group_content(entries[0], least=100)))])


def header_group(class_number, state, field, generation, schema, offset, length, salt, commitment):
    return [("class", be(class_number, 1)), ("state", be(state, 1)), ("field", be(field, 4)),
            ("generation", be(generation, 4)),
            ("schema version", be(schema, 4)), ("offset", be(offset, 4)), ("length", be(length, 4)), ("salt", salt),
            ("commitment", commitment)]


def header_content(groups_, postings=(), streams=(), ordered=(), version=VERSION_NUMBER, type_=TYPE,
                   record_id=RECORD_ID):
    fields = [("header version", b"\1"), ("type, behind its 8-bit length", prefixed(type_, 1)),
              ("record id, behind its 16-bit length", prefixed(record_id, 2)), ("record version", be(version, 8)),
              ("written, ms", be(1609459200000, 8)), ("retain until, ms", be(2240611200000, 8))]
    fields += [("groups", be(len(groups_), 4))] + [f for g in groups_ for f in g]
    fields += [("postings", be(len(postings), 4))]
    for index, generation, token in postings:
        fields += [("index", be(index, 4)), ("index-key generation", be(generation, 4)), ("inner token", token)]
    fields += [("streams", be(len(streams), 4))]
    for field, stream, chunks in streams:
        fields += [("field", be(field, 4)), ("stream id", stream), ("chunks", be(chunks, 4))]
    fields += [("ordered values", be(len(ordered), 4))]
    for index, value in ordered:
        fields += [("index", be(index, 4)), ("value, behind its 16-bit length", prefixed(value, 2))]
    return fill([("length of what follows", be(len(flat(fields)), 4))] + fields, padded_header)


GROUP = dict(class_number=CLASS, state=1, field=0, generation=GENERATION, schema=1, offset=0, length=48,
             salt=made("group salt", 24),
             commitment=made("group commitment", 32))
VOID = dict(class_number=4, state=0, field=7, generation=0, schema=1, offset=48, length=48, salt=made("void salt", 24),
            commitment=made("void commitment", 32))


def headers():
    rest = ([(4, 1, TOKEN)], [(8, STREAM, 3)], [(6, b"L-1")])
    fields = header_content([header_group(**GROUP), header_group(**VOID)], *rest)
    whole = flat(fields)
    inner = whole[4:4 + int.from_bytes(whole[:4], "big")]

    def again(data):
        return flat(fill([("", prefixed(data))], padded_header))

    def with_group(**parts):
        return flat(header_content([header_group(**dict(GROUP, **parts))], *rest))

    start = 1 + 1 + len(TYPE) + 2 + len(RECORD_ID) + 24
    refused = [("version 0", VERSION, again(b"\0" + inner[1:])), ("version 2", VERSION, again(b"\2" + inner[1:])),
               ("record version 0", CORRUPT, flat(header_content([header_group(**GROUP)], version=0))),
               ("state 2", CORRUPT, with_group(state=2)), ("class 16", CORRUPT, with_group(class_number=16)),
               ("class 255", CORRUPT, with_group(class_number=255)),
               ("sealed under generation 0", CORRUPT, with_group(generation=0)),
               ("void under a generation", CORRUPT, with_group(state=0)),
               ("group of length 0", CORRUPT, with_group(length=0)),
               ("group of a tag alone", CORRUPT, with_group(length=16)),
               ("group length that padding does not give", CORRUPT, with_group(length=49)),
               ("2^32-1 groups", CORRUPT, again(replaced(inner, start, b"\xff" * 4))),
               ("a group less than there are", CORRUPT, again(replaced(inner, start, be(1, 4)))),
               ("a group more than there are", CORRUPT, again(replaced(inner, start, be(3, 4)))),
               ("a byte after the lists", CORRUPT, again(inner + b"\0")),
               ("lists cut by a byte", CORRUPT, again(inner[:-1])),
               ("padding not zero", CORRUPT, flipped(whole, len(whole) - 1)),
               ("too much padding", CORRUPT, whole + bytes(128)),
               ("padding cut off", CORRUPT, prefixed(inner)), ("content of 4 GiB", CORRUPT, b"\xff" * 4 + whole[4:]),
               ("an empty content", CORRUPT, again(b""))]
    layout("header", "Contents of headers", fields,
           dict(type=TYPE, record_id=RECORD_ID, version=VERSION_NUMBER, written_ms=1609459200000,
                retain_until_ms=2240611200000, group0=GROUP,
                group1=VOID, posting=dict(index=4, generation=1, token=TOKEN),
                stream=dict(field=8, id=STREAM, chunks=3), ordered=dict(index=6, value=b"L-1")),
           refused, [("nothing but a type", flat(header_content([], type_=b"T", record_id=b"")))])


def public_entry(field, wire):
    return [(f"field {field}", be(field, 4)), ("length", be(len(wire), 4)), ("wire bytes", wire)]


def publics():
    fields = public_entry(6, b"\x32\x03L-1") + public_entry(9, b"\x48\x01")
    whole = flat(fields)
    one, two = whole[:13], whole[13:]
    layout("public_part", "Public parts of rows", fields, dict(fields=[6, 9], wires=[b"\x32\x03L-1", b"\x48\x01"]),
           [("fields out of order", CORRUPT, two + one), ("a field twice", CORRUPT, one + one),
            ("field 0", CORRUPT, be(0, 4) + one[4:]),
            ("wire of 4 GiB", CORRUPT, replaced(one, 4, b"\xff" * 4)),
            ("a byte after the end", CORRUPT, whole + b"\0")],
           [("an empty wire", be(6, 4) + be(0, 4))])


def rows():
    """A whole record row: header, a sealed and a void group, padding."""
    salt, group_salt, void_salt = made("row salt", 24), made("row group salt", 24), made("row void salt", 24)
    content = flat(group_content((2, 0, b"\x12\x05E11.9")))
    key, group_commitment = derive(DATA_KEY, group_salt, place(RECORD, 1, class_number=CLASS, generation=GENERATION))
    message = aead(1, key, content)
    key, void_commitment = derive(subkey(K_PATIENT, "ms.void"), void_salt, place(RECORD, 3, class_number=4, number=7))
    void = keystream(key, 48)
    front = [("version", b"\1"), ("kind", b"\1"),
             ("public part, behind its 32-bit length", prefixed(flat(public_entry(6, b"\x32\x03L-1"))))]
    context_fields = context(2, store=STORE, patient=PATIENT, record_tag=TAG,
                             public_digest=blake2b(flat(front), 32, "medseal.v1.front"))
    header = header_content([header_group(**dict(GROUP, offset=48, salt=group_salt, commitment=group_commitment)),
                             header_group(**dict(VOID, offset=0, salt=void_salt, commitment=void_commitment))])
    sealed = seal(subkey(K_PATIENT, "ms.header"), salt, place(context_fields, 2), flat(header))
    fields = front + [("length of the header", be(len(flat(sealed)), 4))] + [("header: " + m, d) for m, d in sealed]
    fields += [("void group", void), ("sealed group", message)]
    size = len(flat(fields))
    key, _ = derive(subkey(K_PATIENT, "ms.pad"), salt, place(context_fields, 4))
    fields.append(("padding", keystream(key, padded_row(size) - size)))
    whole = flat(fields)
    at = len(flat(front))
    layout("row", "Record rows. The worked example opens with the keys given", fields,
           dict(store=STORE, patient=PATIENT, patient_key=K_PATIENT, data_key=DATA_KEY, tag=TAG, type=TYPE,
                record_id=RECORD_ID, front=flat(front),
                public_part=flat(front)[6:], header=flat(sealed), header_content=flat(header),
                body=whole[at + 4 + len(flat(sealed)):], content=content),
           [("version 0", VERSION, replaced(whole, 0, b"\0")), ("version 2", VERSION, replaced(whole, 0, b"\2")),
            ("kind 0", CORRUPT, replaced(whole, 1, b"\0")), ("kind 2, a chunk's", CORRUPT, replaced(whole, 1, b"\2")),
            ("kind 3", CORRUPT, replaced(whole, 1, b"\3")),
            ("public part of 4 GiB", CORRUPT, replaced(whole, 2, b"\xff" * 4)),
            ("public part longer than the row", CORRUPT, replaced(whole, 2, be(len(whole) - 5, 4))),
            ("header longer than the row", CORRUPT, replaced(whole, at, be(len(whole) - at - 3, 4))),
            ("header of 4 GiB", CORRUPT, replaced(whole, at, b"\xff" * 4)),
            ("cut within the header", CORRUPT, whole[:at + 40]), ("nothing but version and kind", CORRUPT, b"\1\1")],
           [("no header, no body: nothing for the parser to refuse", b"\1\1" + bytes(8))], open_end=True)


def slot_bytes(state, version, generation, previous_generation, current, previous):
    return [("state", be(state, 1)), ("class-key version", be(version, 4)), ("generation", be(generation, 4)),
            ("previous generation", be(previous_generation, 4)), ("current data key, sealed", current),
            ("previous data key, sealed or random", previous)]


def key_rows():
    where = place(context(3, store=STORE, patient=PATIENT, class_=0, version=CLASS_VERSION), 5, class_number=0,
                  generation=2)
    current = flat(seal(CLASS_KEY, made("slot salt", 24), where, DATA_KEY))
    slots = [slot_bytes(1, CLASS_VERSION, 2, 0, current, made("filler 0", 106))]
    slots += [slot_bytes(0, CLASS_VERSION, 0, 0, made(f"filler {i}", 106), made(f"more filler {i}", 106))
              for i in range(1, 16)]
    start = [("version", b"\1"), ("K_patient", K_PATIENT), ("K_audit", K_AUDIT), ("slot counter", be(12, 8))]
    fields = start + [f for s in slots for f in s]
    whole = flat(fields)
    slot = 73

    def state(value, generation, previous):
        return replaced(replaced(whole, slot, be(value, 1)), slot + 5, be(generation, 4) + be(previous, 4))

    layout("key_row", "Contents of key rows", fields,
           dict(patient_key=K_PATIENT, audit_key=K_AUDIT, slot_counter=12, class_key=CLASS_KEY, data_key=DATA_KEY,
                store=STORE, patient=PATIENT,
                class_key_version=CLASS_VERSION, generation=2, current=current),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("a byte after the end", CORRUPT, whole + b"\0"),
            ("state 3", CORRUPT, state(3, 2, 1)), ("unused with a generation", CORRUPT, state(0, 1, 0)),
            ("current without a generation", CORRUPT, state(1, 0, 0)),
            ("current with a previous generation", CORRUPT, state(1, 2, 1)),
            ("both without a previous generation", CORRUPT, state(2, 2, 0)),
            ("both of one generation", CORRUPT, state(2, 2, 2)),
            ("previous generation the higher", CORRUPT, state(2, 2, 3)),
            ("the last slot cut off", CORRUPT, whole[:-225]), ("a 17th slot", CORRUPT, whole + whole[-225:])],
           [("both", state(2, 2, 1))], shown=start + slots[0])


def meta():
    cases = []

    def case(name, table, code, key, **decoded):
        cases.append(dict(dict(name=name, table=table, code=code, key=key), **decoded))

    row = b"P" + PATIENT + be(1, 4)
    bucket = b"B" + be(9, 1) + be(311, 4) + be(1, 4) + be(EPOCH, 4)
    row_key, bucket_key, id_ = "key row", "bucket key", be(4, 4) + be(1, 4)
    meta_key = be(EPOCH, 4) + b"\6" + id_
    case("key row", row_key, OK, row, patient=PATIENT, version=1)
    case("bucket key", bucket_key, OK, bucket, bits=9, bucket=311, version=1, epoch=EPOCH)
    case("one bucket alone", bucket_key, OK, b"B\0" + bytes(4) + be(1, 4) + be(EPOCH, 4), bits=0, bucket=0, version=1,
         epoch=EPOCH)
    case("row of meta", "meta", OK, meta_key, epoch=EPOCH, kind=6, id=id_)
    for name, kind, one in [("settings", 1, b""), ("statement", 2, be(1, 8)), ("credential", 3, be(1, 4)),
                            ("person slot", 4, b"\3" + be(2, 4) + be(1, 4)),
                            ("schema", 5, be(1, 4)), ("posting key", 7, be(1, 4)), ("pending upload", 8, STREAM),
                            ("ledger", 9, PATIENT + TAG), ("job", 10, be(1, 4)), ("recovery", 11, b""), ("mark", 12, PATIENT), ("known time", 13, b""),
                            ("provider copy", 14, STREAM),
                            ("backup place", 15, STREAM), ("erasure", 16, PATIENT), ("epoch end", 17, be(1, 4)),
                            ("signing seed", 18, b""), ("provider change", 19, STREAM), ("given-up copy", 21, STREAM),
                            ("login attempts", 24, be(1, 4)), ("login key", 25, b""),
                            ("credential tag", 26, be(1, 4)), ("password salt", 22, b""), ("alert sinks", 30, b""), ("kept alert", 31, be(1, 8)),
                            ("declared job", 29, be(1, 4)), ("canaries", 32, b""), ("habit", 33, be(1, 4)), ("broken glass", 35, be(1, 8)),
                            ("approval", 36, be(7, 8)), ("former canary", 37, PATIENT)]:
        case(name, "meta", OK, be(EPOCH, 4) + be(kind, 1) + one, epoch=EPOCH, kind=kind, id=one)
    for table, good in [(row_key, row), (bucket_key, bucket)]:
        case("no bytes", table, CORRUPT, b"")
        case("cut by a byte", table, CORRUPT, good[:-1])
        case("longer by a byte", table, CORRUPT, good + b"\0")
        case("another mark", table, CORRUPT, b"Q" + good[1:])
    case("bucket-key version 0", row_key, CORRUPT, row[:-1] + b"\0")
    case("version 0", bucket_key, CORRUPT, replaced(bucket, 6, bytes(4)))
    case("bucket beyond its bits", bucket_key, CORRUPT, replaced(bucket, 2, be(512, 4)))
    case("33 bits", bucket_key, CORRUPT, replaced(bucket, 1, b"\x21"))
    for name, key in [("no bytes", b""), ("cut within the epoch", meta_key[:3]), ("no kind", meta_key[:4]),
                      ("another epoch", be(8, 4) + meta_key[4:]),
                      ("another kind", replaced(meta_key, 4, b"\7")), ("id cut by a byte", meta_key[:-1]),
                      ("no id", meta_key[:5]), ("id longer by a byte", meta_key + b"\0"),
                      ("id longer than a context takes", meta_key[:5] + bytes(65))]:
        case(name, "meta", CORRUPT, key, epoch=EPOCH, kind=6)
    write("keys_of_rows", "Row keys of the tables `keys` and `meta`", cases)
    show("key_row_key", [("mark \"P\"", b"P"), ("patient handle", PATIENT), ("bucket-key version", be(1, 4))])
    show("bucket_key_key", [("mark \"B\"", b"B"), ("bits", be(9, 1)), ("bucket", be(311, 4)), ("version", be(1, 4)),
                            ("epoch", be(EPOCH, 4))])
    show("meta_key", [("epoch", be(EPOCH, 4)), ("kind 6, index key", b"\6"), ("id: index, generation", id_)])


def head_content(version=9, counter=12, rows_=3, total=made("row sum", 32)):
    return [("version", b"\1"), ("head version", be(version, 8)), ("slot counter", be(counter, 8)),
            ("rows", be(rows_, 8)), ("sum", total)]


def heads():
    whole = flat(head_content())
    layout("head", "Contents of heads", head_content(),
           dict(version=9, slot_counter=12, rows=3, sum=made("row sum", 32)),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("a byte after the end", CORRUPT, whole + b"\0")],
           [("numbers at their highest", b"\1" + b"\xff" * 56)])
    a, b = (int.from_bytes(made(n, 32), "big") for n in ("digest a", "digest b"))
    top, mod = 2**256 - 1, 2**256
    sums = [("two digests", a, b), ("carry through all bytes", top, 1), ("largest twice", top, top), ("nothing", a, 0),
            ("to zero", a, mod - a)]
    write("row_sum", "Sums modulo 2^256",
          [dict(name=n, a=be(x, 32), b=be(y, 32), sum=be((x + y) % mod, 32)) for n, x, y in sums])


def jobs():
    def content(kind=1, state=1, subject=CLASS, target=CLASS_VERSION, pass_=1, next_=PATIENT, seen=512, changed=500,
                commits=0, ending=0):
        return [("version", b"\1"), ("kind", be(kind, 1)), ("state", be(state, 1)), ("subject", be(subject, 4)),
                ("target", be(target, 4)), ("pass", be(pass_, 4)), ("next patient", next_),
                ("seen", be(seen, 8)), ("changed", be(changed, 8)), ("changed in this pass", be(changed, 8)),
                ("started, ms", be(1609459200000, 8)), ("moved, ms", be(1609459260000, 8)),
                ("commits", be(commits, 8)), ("ending epoch", be(ending, 4))]

    whole = flat(content())
    refused = [("kind 0", dict(kind=0)), ("kind 6", dict(kind=6)), ("state 0", dict(state=0)), ("state 5", dict(state=5)),
               ("class 16", dict(subject=16)), ("class-key version 1", dict(target=1)), ("pass 0", dict(pass_=0)),
               ("epoch change of nothing", dict(kind=2, subject=0)), ("epoch change of a scope 3", dict(kind=2)),
               ("change to epoch 1", dict(kind=2, subject=2, target=1)), ("reseal of class 16", dict(kind=3, subject=16, target=0)),
               ("reseal with a target", dict(kind=3)), ("rotation of index 0", dict(kind=4, subject=0)),
               ("index-key generation 1", dict(kind=4, target=1)), ("re-epoch of an index", dict(kind=5)),
               ("posting-key generation 1", dict(kind=5, subject=0, target=1)),
               ("re-epoch that deletes without an epoch", dict(kind=5, subject=0, pass_=2)),
               ("change to suite 0", dict(kind=8, subject=0)), ("change to suite 255", dict(kind=8, subject=255)),
               ("change of suite to epoch 1", dict(kind=8, subject=2, target=1)),
               ("change of suite at step 6", dict(kind=8, subject=2, pass_=6)),
               ("commits of a rotation", dict(pass_=2, commits=7)), ("commits in the first pass", dict(kind=3, target=0, commits=7)),
               ("passed without an ending epoch", dict(state=3, next_=bytes(16))), ("passed in epoch 1", dict(state=3, ending=1)),
               ("running with an ending epoch", dict(ending=2)), ("paused with an ending epoch", dict(state=2, ending=2))]
    taken = [("paused", dict(state=2)), ("passed", dict(state=3, next_=bytes(16), ending=2)), ("done", dict(state=4, next_=bytes(16))),
             ("done with its ending epoch", dict(state=4, next_=bytes(16), ending=2)),
             ("reseal past its first pass", dict(kind=3, target=0, pass_=2, commits=4711)),
             ("epoch change for erasures", dict(kind=2, subject=1)), ("epoch change of all buckets", dict(kind=2, subject=2)),
             ("reseal", dict(kind=3, target=0)), ("index rotation", dict(kind=4)),
             ("index re-epoch", dict(kind=5, subject=0)), ("index re-epoch that deletes", dict(kind=5, subject=4, pass_=2)),
             ("change of suite", dict(kind=8, subject=2)), ("change of suite at its last step", dict(kind=8, subject=2, pass_=5))]
    layout("job", "Contents of jobs", content(),
           dict(kind=1, state=1, subject=CLASS, target=CLASS_VERSION, next=PATIENT, seen=512, changed=500),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("a byte after the end", CORRUPT, whole + b"\0")] +
           [(name, CORRUPT, flat(content(**what))) for name, what in refused],
           [(name, flat(content(**what))) for name, what in taken])


def job_files():
    def content(number=3, kind=1, state=1, pass_=1, done=40960, in_all=491840):
        covered = [("magic \"medsealJ\"", b"medsealJ"), ("version", b"\1"), ("number", be(number, 4)), ("kind", be(kind, 1)),
                   ("state", be(state, 1)), ("pass", be(pass_, 4)), ("done", be(done, 8)), ("in all", be(in_all, 8)),
                   ("per second", be(12500, 8)), ("started, ms", be(1609459200000, 8)), ("written, ms", be(1609459260000, 8))]
        return covered + [("checksum", blake2b(flat(covered), 32, "medseal.v1.jobfl"))]

    whole = flat(content())
    refused = [("number 0", dict(number=0)), ("kind 0", dict(kind=0)), ("kind 6", dict(kind=6)), ("state 0", dict(state=0)),
               ("state 5", dict(state=5)), ("pass 0", dict(pass_=0)), ("more done than there are", dict(done=2, in_all=1))]
    taken = [("epoch change at step 8", dict(kind=2, pass_=8, done=0)), ("reseal", dict(kind=3)), ("index rotation", dict(kind=4)),
             ("index re-epoch", dict(kind=5)), ("paused", dict(state=2)), ("passed", dict(state=3, done=491840)), ("done", dict(state=4))]
    layout("job_file", "Job files", content(), dict(number=3, kind=1, done=40960, in_all=491840, per_second=12500),
           [("another magic", CORRUPT, b"M" + whole[1:]), ("version 0", VERSION, replaced(whole, 8, b"\0")),
            ("version 2", VERSION, replaced(whole, 8, b"\2")), ("a byte after the end", CORRUPT, whole + b"\0")] +
           [(name, CORRUPT, flat(content(**what))) for name, what in refused],
           [(name, flat(content(**what))) for name, what in taken])


def erasures():
    def content(state=2, epoch=8, withdrawn=1609459200000, dead=1609459260000, person=1, reason=b"asked for by the patient",
                posting_key=2):
        return [("version", b"\1"), ("state", be(state, 1)), ("epoch", be(epoch, 4)),
                ("certificate number", made("certificate", 16)), ("withdrawn, ms", be(withdrawn, 8)),
                ("dead, ms", be(dead, 8)), ("person", be(person, 4)), ("reason, behind its length", prefixed(reason, 2)),
                ("rows", be(7, 8)), ("bytes", be(9000, 8)), ("postings", be(3, 4)), ("unreadable", be(0, 4)),
                ("bucket", be(311, 4)), ("bucket-key version", be(1, 4)),
                ("bucket key as it was stored, behind its length", prefixed(made("dead bucket key", 106), 2)),
                ("posting key", be(posting_key, 4))]

    whole = flat(content())
    layout("erasure", "Contents of erasures", content(),
           dict(state=2, epoch=8, rows=7, bytes_removed=9000, postings=3, posting_key=2, reason="asked for by the patient"),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("a byte after the end", CORRUPT, whole + b"\0"), ("state 0", CORRUPT, flat(content(state=0))),
            ("state 3", CORRUPT, flat(content(state=3))), ("epoch 1", CORRUPT, flat(content(epoch=1))),
            ("nobody asked", CORRUPT, flat(content(person=0))), ("dead without a date", CORRUPT, flat(content(dead=0))),
            ("withdrawn with a date of death", CORRUPT, flat(content(state=1))),
            ("posting key 0", CORRUPT, flat(content(posting_key=0)))],
           [("withdrawn", flat(content(state=1, dead=0))), ("without a word", flat(content(reason=b"")))])


def epoch_ends():
    def content(scope=1, tried=1, failed=1, purged=1609459320000, complete=1):
        return [("version", b"\1"), ("scope", be(scope, 4)), ("buckets", be(1, 4)), ("key rows", be(960, 8)),
                ("seals", be(1680, 8)), ("bytes", be(3700000, 8)), ("places", be(1, 4)),
                ("· place", made("place", 16)), ("· bundle", be(4, 8)), ("· name, behind its length", prefixed(b"/backup", 2)),
                ("copies of the provider", be(1, 4)), ("· instance", made("instance", 16)), ("· assurance", b"\1"),
                ("· name, behind its length", prefixed(b"/keys/keyring", 2)), ("destroyed, ms", be(1609459260000, 8)),
                ("opens tried", be(tried, 4)), ("opens failed", be(failed, 4)), ("purged, ms", be(purged, 8)),
                ("purge complete", be(complete, 1))]

    whole = flat(content())
    layout("epoch_end", "Contents of epoch ends", content(), dict(scope=1, key_rows=960, bundle=4, opens_tried=1),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("a byte after the end", CORRUPT, whole + b"\0"), ("scope 0", CORRUPT, flat(content(scope=0))),
            ("scope 3", CORRUPT, flat(content(scope=3))), ("more failures than opens", CORRUPT, flat(content(failed=2))),
            ("complete 2", CORRUPT, flat(content(complete=2))), ("complete without a date", CORRUPT, flat(content(purged=0)))],
           [("of all buckets", flat(content(scope=2, tried=0, failed=0))), ("not purged", flat(content(purged=0, complete=0)))])


def custody():
    def copy(kind=3, uri=b"/keys/second", secret=made("keyring key", 32)):
        return [("version", b"\1"), ("kind of secret", be(kind, 1)), ("added, ms", be(1609459200000, 8)),
                ("where, behind its length", prefixed(uri, 2)), ("secret, behind its length", prefixed(secret, 2))]

    def folder(kind=1, path=b"/backup"):
        return [("version", b"\1"), ("kind", be(kind, 1)), ("added, ms", be(1609459200000, 8)),
                ("path, behind its length", prefixed(path, 2))]

    def change(what=1, kind=3, uri=b"/keys/second", secret=made("keyring key", 32)):
        return [("version", b"\1"), ("what", be(what, 1)), ("kind of secret", be(kind, 1)),
                ("where, behind its length", prefixed(uri, 2)), ("secret, behind its length", prefixed(secret, 2))]

    def given_up(kind=3, first=6, last=7, person=1, witness=2, destroyed=1609459320000, assurance=1, uri=b"/keys/second",
                 secret=made("keyring key", 32)):
        return [("version", b"\1"), ("kind of secret", be(kind, 1)), ("first epoch", be(first, 4)), ("last epoch", be(last, 4)),
                ("person", be(person, 4)), ("second person", be(witness, 4)), ("given up, ms", be(1609459260000, 8)),
                ("destroyed, ms", be(destroyed, 8)), ("assurance", be(assurance, 1)),
                ("where, behind its length", prefixed(uri, 2)), ("secret, behind its length", prefixed(secret, 2))]

    one, two, three, four = flat(copy()), flat(folder()), flat(change()), flat(given_up())
    layout("given_up_copy", "Contents of given-up copies", given_up(),
           dict(secret_kind=3, first_epoch=6, last_epoch=7, person=1, witness=2, assurance=1, uri="/keys/second"),
           [("version 0", VERSION, b"\0" + four[1:]), ("version 2", VERSION, b"\2" + four[1:]),
            ("a byte after the end", CORRUPT, four + b"\0"), ("kind 0", CORRUPT, flat(given_up(kind=0))),
            ("kind 4", CORRUPT, flat(given_up(kind=4))), ("first epoch 0", CORRUPT, flat(given_up(first=0))),
            ("first epoch after the last", CORRUPT, flat(given_up(first=8))), ("nobody", CORRUPT, flat(given_up(person=0))),
            ("no second person", CORRUPT, flat(given_up(witness=0))), ("one person twice", CORRUPT, flat(given_up(witness=1))),
            ("assurance 3", CORRUPT, flat(given_up(assurance=3))),
            ("assurance of what is not destroyed", CORRUPT, flat(given_up(destroyed=0))),
            ("nowhere", CORRUPT, flat(given_up(uri=b""))), ("no secret", CORRUPT, flat(given_up(secret=b"")))],
           [("not come back", flat(given_up(destroyed=0, assurance=0))), ("of one epoch", flat(given_up(first=7)))])
    layout("provider_change", "Contents of provider changes", change(), dict(what=1, secret_kind=3, uri="/keys/second"),
           [("version 0", VERSION, b"\0" + three[1:]), ("a byte after the end", CORRUPT, three + b"\0"),
            ("change 0", CORRUPT, flat(change(what=0))), ("change 4", CORRUPT, flat(change(what=4))),
            ("kind 0", CORRUPT, flat(change(kind=0))), ("kind 4", CORRUPT, flat(change(kind=4))),
            ("nowhere", CORRUPT, flat(change(uri=b""))), ("no secret of a new root", CORRUPT, flat(change(secret=b""))),
            ("no secret of one that leaves", CORRUPT, flat(change(what=2, secret=b"")))],
           [("leaving", flat(change(what=2))), ("a file that is arriving", flat(change(what=3, kind=1, secret=b""))),
            ("a token that is arriving", flat(change(what=3, kind=1, secret=b"1234")))])
    layout("provider_copy", "Contents of provider copies", copy(), dict(secret_kind=3, uri="/keys/second"),
           [("version 0", VERSION, b"\0" + one[1:]), ("a byte after the end", CORRUPT, one + b"\0"),
            ("kind 0", CORRUPT, flat(copy(kind=0))), ("kind 4", CORRUPT, flat(copy(kind=4))),
            ("nowhere", CORRUPT, flat(copy(uri=b""))), ("no secret", CORRUPT, flat(copy(secret=b"")))],
           [("passphrase", flat(copy(kind=1, secret=b"a passphrase")))])
    layout("backup_place", "Contents of backup places", folder(), dict(kind=1, path="/backup"),
           [("version 0", VERSION, b"\0" + two[1:]), ("a byte after the end", CORRUPT, two + b"\0"),
            ("kind 0", CORRUPT, flat(folder(kind=0))), ("kind 3", CORRUPT, flat(folder(kind=3))),
            ("nowhere", CORRUPT, flat(folder(path=b"")))], [("copies of another tool", flat(folder(kind=2)))])


def bundles():
    mark = [("magic \"medsealP\"", b"medsealP"), ("version", b"\1"), ("store", STORE), ("place", made("place", 16))]
    key_row = b"P" + PATIENT + be(1, 4)
    row_value = made("sealed key row", 40)
    part = [("magic \"medsealb\"", b"medsealb"), ("version", b"\1"), ("number", be(6, 8)), ("rows", be(1, 4)),
            ("· table", b"\1"), ("· row key, behind its length", prefixed(key_row, 2)),
            ("· value, behind its length (example cut short)", prefixed(row_value))]

    def list_(number=4, epoch=EPOCH, bits=9):
        bucket = b"B\x09" + be(311, 4) + be(1, 4) + be(EPOCH, 4)
        covered = [("magic \"medsealB\"", b"medsealB"), ("version", b"\1"), ("store", STORE), ("place", made("place", 16)),
                   ("number", be(number, 8)), ("epoch", be(epoch, 4)), ("made, ms", be(1609459200000, 8)),
                   ("bucket bits", be(bits, 1)), ("commit counter", be(70000, 8)), ("newest backup", be(12, 4)),
                   ("rows", be(1, 4)), ("· table", b"\1"),
                   ("· row key, behind its length", prefixed(bucket, 2)),
                   ("· value, behind its length", prefixed(made("sealed bucket key", 106))), ("parts", be(1, 4)),
                   ("· number", be(6, 8)), ("· bucket", be(311, 4)), ("· rows", be(1, 4)),
                   ("· size", be(len(flat(part)), 8)), ("· digest of the file", blake2b(flat(part), 32, "medseal.v1.bpart")),
                   ("· digest of the rows", blake2b(prefixed(key_row, 8) + prefixed(row_value, 8), 32, "medseal.v1.brows"))]
        digest = blake2b(flat(covered), 32, "medseal.v1.bundl")
        where = place(context(18, store=STORE, epoch=epoch, number=number), 20)
        return covered + [("sealed digest of what is before",
                           flat(seal(EPOCH_SECRET, made("bundle salt", 24), where, digest)))]

    def facts(epoch=EPOCH):
        return [("version", b"\1"), ("store", STORE), ("epoch", be(epoch, 4)), ("schema version", be(2, 4)),
                ("newest statement", be(41, 8)), ("commit counter", be(70000, 8)), ("made, ms", be(1609459200000, 8))]

    m, p, l, f = flat(mark), flat(part), flat(list_()), flat(facts())
    layout("backup_facts", "What backups say of themselves", facts(), dict(epoch=EPOCH, statement=41),
           [("version 0", VERSION, b"\0" + f[1:]), ("version 2", VERSION, b"\2" + f[1:]),
            ("epoch 0", CORRUPT, flat(facts(epoch=0))), ("a byte after the end", CORRUPT, f + b"\0")])
    layout("place_mark", "Marks of backup places", mark, dict(store=STORE),
           [("another magic", CORRUPT, b"M" + m[1:]), ("version 2", VERSION, replaced(m, 8, b"\2")),
            ("a byte after the end", CORRUPT, m + b"\0")])
    layout("bundle_part", "Parts of bundles", part, dict(rows=1),
           [("another magic", CORRUPT, b"M" + p[1:]), ("version 2", VERSION, replaced(p, 8, b"\2")),
            ("another number", CORRUPT, replaced(p, 9, be(7, 8))), ("a byte after the end", CORRUPT, p + b"\0"),
            ("more rows than there are", CORRUPT, replaced(p, 17, be(2, 4)))])
    layout("bundle_list", "Lists of bundles", list_(), dict(number=4, epoch=EPOCH, parts=1, commits=70000, newest_backup=12),
           [("another magic", CORRUPT, b"M" + l[1:]), ("version 2", VERSION, replaced(l, 8, b"\2")),
            ("number 0", CORRUPT, flat(list_(number=0))), ("epoch 0", CORRUPT, flat(list_(epoch=0))),
            ("32 bucket bits", CORRUPT, flat(list_(bits=32))),
            ("more rows than there are", CORRUPT, replaced(l, 74, be(2, 4))), ("a byte after the end", CORRUPT, l + b"\0")])


def broken_glass():
    def text(name, value):
        return (f"{name}, behind its 16-bit length", prefixed(value, 2))

    def content(person=4, class_=3, from_=1609459200000, until=1609462800000, reason=b"unconscious, no history",
                by=2, at=1609545600000, verdict=b"in order", size=544):
        fields = [("version", b"\1"), ("person", be(person, 4)), ("class", be(class_, 1)), ("from, ms", be(from_, 8)),
                  ("until, ms", be(until, 8)), text("reason", reason), ("reviewed by", be(by, 4)),
                  ("reviewed, ms", be(at, 8)), text("verdict", verdict)]
        return fields + [("padding", bytes(size - len(flat(fields))))]

    def of(**changed):
        return flat(content(**changed))

    whole = of()
    layout("broken_glass", "Broken glass", content(),
           dict(person=4, class_number=3, from_ms=1609459200000, until_ms=1609462800000,
                reason=b"unconscious, no history", reviewed_by=2, reviewed_ms=1609545600000, verdict=b"in order"),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("by nobody", CORRUPT, of(person=0)), ("class 16", CORRUPT, of(class_=16)),
            ("over when it began", CORRUPT, of(until=1609459200000)), ("no reason", CORRUPT, of(reason=b"")),
            ("reason of 241 bytes", CORRUPT, of(reason=b"r" * 241)),
            ("reviewed by the same person", CORRUPT, of(by=4)), ("reviewed without a verdict", CORRUPT, of(verdict=b"")),
            ("verdict of 241 bytes", CORRUPT, of(verdict=b"v" * 241)),
            ("a verdict by nobody", CORRUPT, of(by=0, at=0)), ("a time of review by nobody", CORRUPT, of(by=0, verdict=b"")),
            ("padding with one bit", CORRUPT, flipped(whole, 543)), ("padded to 543", CORRUPT, of(size=543)),
            ("a byte after the end", CORRUPT, whole + b"\0"),
            ("reason longer than the row", CORRUPT, replaced(whole, 22, b"\xff\xff"))],
           [("not reviewed", of(by=0, at=0, verdict=b"")), ("longest texts", of(reason=b"r" * 240, verdict=b"v" * 240))])


def approvals():
    store = made("store of the approval", 16)
    first, second = sorted([PATIENT, made("patient of the approval", 16)])
    hands = made("hand of the founder", 64), made("hand of the deputy", 64)

    def action(kind=5, value=0, name=b"asked for", object_=b"", patients=(first, second), count=None):
        return [("kind 5, erase", be(kind, 1)), ("value", be(value, 8)), ("name, behind its 16-bit length", prefixed(name, 2)),
                ("object, likewise", prefixed(object_, 2)), ("patients", be(len(patients) if count is None else count, 4)),
                ("their handles", b"".join(patients))]

    def signed(asked_by=1, asked=1609459200000, expires=1609545600000, needed=2, **of_action):
        return [("nonce", made("nonce of the approval", 16)), ("asked by", be(asked_by, 4)), ("asked, ms", be(asked, 8)),
                ("expires, ms", be(expires, 8)), ("needed", be(needed, 1))] + action(**of_action)

    def content(state=2, ended_by=1, ended=1609462800000, signers=(1, 4), count_of_signatures=None, pad=512, tail=0, **of_signed):
        fields = [("version", b"\1"), ("state", be(state, 1)), ("ended by", be(ended_by, 4)), ("ended, ms", be(ended, 8))]
        fields += signed(**of_signed)
        fields += [("signatures", be(count_of_signatures or len(signers), 1))]
        for i, person in enumerate(signers):
            fields += [("person", be(person, 4)), ("signature", hands[i % 2])]
        size = len(flat(fields))
        return fields + [("padding", bytes(-size % pad + tail))]

    def of(**changed):
        return flat(content(**changed))

    whole = of()
    message = prefixed(b"medseal.v1.approval", 1) + store + be(7, 8) + prefixed(flat(signed()), 4)
    layout("approval", "Approval", content(),
           dict(ended_by=1, ended_ms=1609462800000, nonce=made("nonce of the approval", 16), asked_by=1,
                asked_ms=1609459200000, expires_ms=1609545600000, needed=2, value=0, first_patient=first, second_signer=4,
                second_signature=hands[1], store=store, signed=message),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("state 0", CORRUPT, of(state=0)), ("state 4", CORRUPT, of(state=4)),
            ("open and ended by somebody", CORRUPT, of(state=1, ended=0)), ("open and ended", CORRUPT, of(state=1, ended_by=0)),
            ("carried out by nobody", CORRUPT, of(ended_by=0)), ("carried out at no time", CORRUPT, of(ended=0)),
            ("asked by nobody", CORRUPT, of(asked_by=0)), ("over when it was asked", CORRUPT, of(expires=1609459200000)),
            ("nobody is needed", CORRUPT, of(needed=0)), ("17 are needed", CORRUPT, of(needed=17)),
            ("kind 0", CORRUPT, of(kind=0)), ("kind 8", CORRUPT, of(kind=8)),
            ("a patient twice", CORRUPT, of(patients=(first, first))), ("patients out of order", CORRUPT, of(patients=(second, first))),
            ("65537 patients", CORRUPT, of(count=65537)), ("more patients than there are", CORRUPT, of(patients=(), count=4096)),
            ("signed by nobody", CORRUPT, of(signers=(0,))), ("signed twice by one", CORRUPT, of(signers=(1, 1))),
            ("17 signatures", CORRUPT, of(signers=tuple(range(1, 18)))),
            ("more signatures than there are", CORRUPT, of(count_of_signatures=3)),
            ("padding with one bit", CORRUPT, flipped(whole, len(whole) - 1)), ("padded by 512 more", CORRUPT, of(tail=512)),
            ("a byte after the end", CORRUPT, whole + b"\0"), ("padded to 256", CORRUPT, of(pad=256, signers=(1,), patients=()))],
           [("open", of(state=1, ended_by=0, ended=0)), ("withdrawn", of(state=3)),
            ("a setting", of(kind=1, value=50, name=b"login_attempts", patients=())),
            ("a grant", of(kind=2, name=b"bob", object_=b"hiv", patients=())), ("nobody signed", of(signers=()))])


def mark_entry(what, since, person, reason):
    return [(f"{what} since, ms", be(since, 8)), ("by person", be(person, 4)),
            ("reason, behind its 16-bit length", prefixed(reason, 2))]


def marks():
    hold = mark_entry("hold", 1609459200000, 1, b"claim 2021/17 before the court")
    restriction = mark_entry("restriction", 1609545600000, 2, b"accuracy contested")

    def content(set_, *entries, size=512):
        fields = [("version", b"\1"), ("set: 1 hold, 2 restriction", be(set_, 1))] + [f for e in entries for f in e]
        return fields + [("padding", bytes(size - len(flat(fields))))]

    def of(set_, *entries, size=512):
        return flat(content(set_, *entries, size=size))

    def reason(size):
        return mark_entry("hold", 1, 1, b"r" * size)

    whole, cut = of(3, hold, restriction), flat(content(1, hold)[:-1])
    layout("mark", "Contents of marks", content(3, hold, restriction),
           dict(hold_since=1609459200000, hold_by=1, hold_reason=b"claim 2021/17 before the court",
                restriction_since=1609545600000, restriction_by=2, restriction_reason=b"accuracy contested"),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("nothing set", CORRUPT, of(0)), ("a bit that means nothing", CORRUPT, of(4)),
            ("all bits", CORRUPT, of(7, hold, restriction)), ("by nobody", CORRUPT, of(1, mark_entry("hold", 1, 0, b"r"))),
            ("no reason", CORRUPT, of(1, reason(0))), ("reason of 241 bytes", CORRUPT, of(1, reason(241))),
            ("reason longer than the row", CORRUPT, replaced(whole, 14, b"\xff\xff")),
            ("the restriction is missing", CORRUPT, of(3, hold)), ("padding with one bit", CORRUPT, flipped(whole, 511)),
            ("no padding", CORRUPT, cut), ("padded to 511", CORRUPT, of(1, hold, size=511)),
            ("a byte after the end", CORRUPT, whole + b"\0"), ("cut before what is set", CORRUPT, b"\1")],
           [("hold alone", of(1, hold)), ("restriction alone", of(2, restriction)),
            ("longest reasons", of(3, reason(240), reason(240)))])
    tally = [("version", b"\1"), ("marks", be(2, 4)), ("digest", made("digest of marks", 32))]
    whole = flat(tally)
    layout("mark_tally", "Tallies of marks", tally, dict(count=2, digest=made("digest of marks", 32)),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("a byte after the end", CORRUPT, whole + b"\0")], [("no marks", b"\1" + bytes(4) + whole[5:])])
    id_, content_ = PATIENT, of(1, hold)
    write("mark_digest", "Digests over all marks, in the order of their ids",
          [dict(name="no marks", marks="", digest=blake2b(b"", 32, "medseal.v1.marks")),
           dict(name="one mark", marks=id_ + content_,
                digest=blake2b(be(16, 8) + id_ + be(512, 8) + content_, 32, "medseal.v1.marks"))])
    known = [("version", b"\1"), ("ms since 1970-01-01 UTC", be(1609459200000, 8))]
    whole = flat(known)
    layout("known_time", "Known times", known, dict(ms=1609459200000),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("a byte after the end", CORRUPT, whole + b"\0")], [("the beginning", b"\1" + bytes(8))])


def login_attempts():
    def content(version=1, name=made("tag of a name", 16), failures=4, newest=1609459200000):
        return [("version", be(version, 1)), ("name", name), ("failures", be(failures, 4)), ("newest, ms", be(newest, 8))]

    layout("login_attempts", "Failed logins of a name", content(),
           dict(name_tag=made("tag of a name", 16), failures=4, newest_ms=1609459200000),
           [("version 0", VERSION, flat(content(version=0))), ("version 2", VERSION, flat(content(version=2))),
            ("no failure", CORRUPT, flat(content(failures=0))), ("a byte after the end", CORRUPT, flat(content()) + b"\0"),
            ("no time", CORRUPT, flat(content()[:3]))],
           [("a person's", flat(content(name=bytes(16))))])
    key = [("version", b"\1"), ("key", made("login key", 32))]
    layout("login_key", "Keys of names at logins", key, dict(key=made("login key", 32)),
           [("version 0", VERSION, b"\0" + flat(key)[1:]), ("version 2", VERSION, b"\2" + flat(key)[1:]),
            ("a byte after the end", CORRUPT, flat(key) + b"\0")])


def alerts():
    def versions(name, whole):
        return [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
                ("a byte after the end", CORRUPT, whole + b"\0")]

    def kept(rule=5, sinks=(0, 2)):
        return [("version", b"\1"), ("rule: bulk read", be(rule, 1)), ("time, ms", be(1609459200000, 8)), ("person", be(3, 4)),
                ("session", made("audit key id", 16)), ("patient", PATIENT), ("number", be(201, 8)), ("sinks", be(len(sinks), 1)),
                ("", b"".join(be(sink, 4) for sink in sinks))]

    whole = flat(kept())
    layout("kept_alert", "Alerts that were not delivered yet", kept(), dict(rule=5, number=201),
           versions("kept_alert", whole) +
           [("rule 0", CORRUPT, flat(kept(rule=0))), ("no sink", CORRUPT, flat(kept(sinks=()))),
            ("18 sinks", CORRUPT, flat(kept(sinks=range(18)))), ("a sink twice", CORRUPT, flat(kept(sinks=(2, 2)))),
            ("sinks that descend", CORRUPT, flat(kept(sinks=(2, 0))))],
           [("17 sinks", flat(kept(sinks=range(17)))), ("a rule of later", flat(kept(rule=255)))])

    def sink(id_=1, kind=1, words=(b"/var/log/medseal-alerts",)):
        return be(id_, 4) + be(kind, 1) + be(len(words), 1) + b"".join(prefixed(word, 2) for word in words)

    def sinks(*each, next_id=3, person=1, second=2):
        return [("version", b"\1"), ("next id", be(next_id, 4)), ("person", be(person, 4)), ("second", be(second, 4)),
                ("count", be(len(each), 1)), ("id, kind, words", b"".join(each)), ("signature", made("signature of sinks", 64))]

    one, two = sink(), sink(2, 3, (b"/usr/bin/page", b"night"))
    whole = flat(sinks(one, two))
    layout("alert_sinks", "Where alerts go", sinks(one, two), dict(next_id=3),
           versions("alert_sinks", whole) +
           [("set by nobody", CORRUPT, flat(sinks(one, person=0))), ("no second", CORRUPT, flat(sinks(one, second=0))),
            ("one person alone", CORRUPT, flat(sinks(one, second=1))), ("id 0", CORRUPT, flat(sinks(sink(0)))),
            ("an id twice", CORRUPT, flat(sinks(one, one))), ("an id of later", CORRUPT, flat(sinks(sink(3)))),
            ("kind 0", CORRUPT, flat(sinks(sink(kind=0)))), ("kind 4", CORRUPT, flat(sinks(sink(kind=4)))),
            ("no word", CORRUPT, flat(sinks(sink(words=())))), ("33 words", CORRUPT, flat(sinks(sink(words=(b"w",) * 33)))),
            ("an empty word", CORRUPT, flat(sinks(sink(words=(b"",))))),
            ("a word of 4097 bytes", CORRUPT, flat(sinks(sink(words=(bytes(4097),))))),
            ("17 sinks", CORRUPT, flat(sinks(*(sink(i + 1) for i in range(17)), next_id=18)))],
           [("none", flat(sinks())), ("16 sinks", flat(sinks(*(sink(i + 1) for i in range(16)), next_id=18))),
            ("32 words", flat(sinks(sink(words=(b"w",) * 32))))])

    habit = [("version", b"\1"), ("hours", be(40, 4)), ("mean", be(12500, 8)), ("begun, ms", be(1609459200000, 8)),
             ("patients", be(7, 4))]
    layout("habit", "What a person usually reads", habit, dict(hours=40, mean=12500, patients=7), versions("habit", flat(habit)))

    def canaries(count=2, patients=PATIENT + made("canary", 16)):
        return [("version", b"\1"), ("seed", made("seed of canaries", 32)), ("next", be(2, 8)), ("count", be(count, 4)),
                ("patients", patients)]

    layout("canaries", "Planted patients", canaries(), dict(next=2),
           versions("canaries", flat(canaries())) +
           [("one more than there are", CORRUPT, flat(canaries(count=3))),
            ("4097 patients", CORRUPT, flat(canaries(4097, bytes(16 * 4097))))],
           [("none", flat(canaries(0, b"")))])

    former = [("version", b"\1"), ("erased, ms", be(1609459200000, 8))]
    layout("former_canary", "Planted patients of before", former, dict(), versions("former_canary", flat(former)))


def declared_jobs():
    def job(name=b"billing", person=3, by=1, second=2, from_=22 * 60, to=6 * 60, days=31, types=(b"Patient",),
            fields=(b"Patient.insurance",)):
        return [("version", b"\1"), ("name", prefixed(name, 1)), ("person, by, second", be(person, 4) + be(by, 4) + be(second, 4)),
                ("declared, ms", be(1609459200000, 8)), ("until, ms", be(1640995200000, 8)), ("patients", be(5000, 4)),
                ("from, to", be(from_, 2) + be(to, 2)), ("days: not at the weekend", be(days, 1)),
                ("types", be(len(types), 1) + b"".join(prefixed(one, 2) for one in types)),
                ("fields", be(len(fields), 1) + b"".join(prefixed(one, 2) for one in fields)),
                ("signature", made("signature of a job", 64)),
                ("second signature", made("second signature of a job", 64)), ("used, ms", be(1609632000000, 8)),
                ("window, ms", be(1609624800000, 8)), ("read", be(4711, 4))]

    whole = flat(job())
    layout("declared_job", "Declared jobs", job(), dict(name_=b"billing"),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("a byte after the end", CORRUPT, whole + b"\0"), ("no name", CORRUPT, flat(job(name=b""))),
            ("a name with a line end", CORRUPT, flat(job(name=b"a\nb"))),
            ("run by nobody", CORRUPT, flat(job(person=0))), ("declared by nobody", CORRUPT, flat(job(by=0))),
            ("no second", CORRUPT, flat(job(second=0))), ("one person alone", CORRUPT, flat(job(second=1))),
            ("from beyond the day", CORRUPT, flat(job(from_=1440))), ("to beyond the day", CORRUPT, flat(job(to=1440))),
            ("no day", CORRUPT, flat(job(days=0))), ("an eighth day", CORRUPT, flat(job(days=128))),
            ("no type", CORRUPT, flat(job(types=()))), ("an empty type", CORRUPT, flat(job(types=(b"",)))),
            ("an empty field", CORRUPT, flat(job(fields=(b"",))))],
           [("all fields", flat(job(fields=()))), ("the whole day", flat(job(to=22 * 60))),
            ("every day", flat(job(days=127)))])


def posting_content(kind=1, patient=PATIENT, tag=TAG):
    return [("version", b"\1"), ("kind", be(kind, 1)), ("patient handle", patient), ("record tag", tag)]


def postings():
    whole = flat(posting_content())
    filler = flat(posting_content(0, bytes(16), bytes(16)))
    layout("posting", "Contents of postings", posting_content(), dict(patient=PATIENT, tag=TAG),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("kind 2", CORRUPT, replaced(whole, 1, b"\2")),
            ("filler that names a record", CORRUPT, replaced(whole, 1, b"\0")),
            ("filler with one bit", CORRUPT, flipped(filler, 33)),
            ("a byte after the end", CORRUPT, whole + b"\0")], [("filler", filler)])
    show("ordered_key", [("mark \"o\"", b"o"), ("index", be(6, 4)), ("value 4c 00 31, escaped", b"L\0\xff1"),
                         ("end of the value", b"\0\1"),
                         ("record handle", PATIENT + TAG)])


def reference(length, chunks, salt, commitment, prefix, id_=STREAM):
    return [("version", b"\1"), ("stream id", id_), ("length", be(length, 8)), ("chunks", be(chunks, 4)),
            ("salt", salt), ("commitment", commitment),
            ("prefix, behind its 8-bit length", prefixed(prefix, 1))]


def streams():
    content, size = bytes(i * 7 % 251 for i in range(2 * 65536 + 100)), 65536
    where = place(context(14, store=STORE, patient=PATIENT, stream=STREAM), 16, class_number=CLASS,
                  generation=GENERATION)
    key, commitment = derive(DATA_KEY, made("stream salt", 24), where)
    fields = reference(len(content), 3, made("stream salt", 24), commitment, b"\x22\xe4\x80\x08")
    whole = flat(fields)

    def counted(length, chunks):
        return flat(reference(length, chunks, made("stream salt", 24), commitment, b"\x22\0"))

    layout("stream", "Stream references", fields,
           dict(id=STREAM, length=len(content), chunks=3, salt=made("stream salt", 24), commitment=commitment,
                prefix=b"\x22\xe4\x80\x08"),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("a chunk less", CORRUPT, counted(len(content), 2)),
            ("a chunk more", CORRUPT, counted(len(content), 4)), ("empty without a chunk", CORRUPT, counted(0, 0)),
            ("more chunks than 32 bits count", CORRUPT, counted(2**48 + 1, 0)),
            ("length of 2^64-1", CORRUPT, counted(2**64 - 1, 2**32 - 1)),
            ("a byte after the end", CORRUPT, whole + b"\0"),
            ("prefix of 21 bytes", CORRUPT, flat(reference(1, 1, bytes(24), bytes(32), bytes(21))))],
           [("empty", counted(0, 1)), ("a full chunk", counted(65536, 1)), ("one byte more", counted(65537, 2)),
            ("as many chunks as can be", counted((2**32 - 1) << 16, 2**32 - 1))])

    cases = []
    for number in range(3):
        nonce = be(number, 8) + bytes(3) + bytes([number == 2])
        piece = content[number * size:(number + 1) * size]
        row = b"\1\2" + aead(1, key, piece, nonce)
        cases.append(dict(name=f"chunk {number}", number=number, last=int(number == 2), nonce=nonce, key=key,
                          row_digest=blake2b(row, 32, "test.chunk"), size=len(piece)))
    write("stream_chunks", "Chunks of the worked stream, by digests of their rows; byte i of the content is i * 7 mod 251",
          cases)
    last = [("version", row[:1]), ("kind", row[1:2]), ("message: ciphertext and tag", row[2:])]
    layout("chunk", "Rows of chunks", last, dict(key=key, nonce=nonce, content=piece),
           [("version 0", VERSION, b"\0" + row[1:]), ("version 2", VERSION, b"\2" + row[1:]),
            ("kind 1, a record's", CORRUPT, b"\1\1" + row[2:]), ("kind 3", CORRUPT, b"\1\3" + row[2:]),
            ("no room for a tag", CORRUPT, row[:2 + 15]), ("nothing but version and kind", CORRUPT, b"\1\2")],
           [("an empty chunk", b"\1\2" + bytes(16))], open_end=True)


def log_segments():
    def content(mark=b"medseal log", version=1, number=3, first=48211, begun=1609459200000, rest=bytes(12)):
        return [("mark", mark), ("version", be(version, 1)), ("store", STORE), ("number", be(number, 8)),
                ("first entry", be(first, 8)), ("begun, ms", be(begun, 8)), ("zeros", rest)]

    layout("log_segment", "Heads of log segments", content(),
           dict(store=STORE, number=3, first_entry=48211, begun_ms=1609459200000),
           [("version 0", VERSION, flat(content(version=0))), ("version 2", VERSION, flat(content(version=2))),
            ("another mark", CORRUPT, flat(content(mark=b"medseal lag"))), ("number 0", CORRUPT, flat(content(number=0))),
            ("a byte that should be zero", CORRUPT, flat(content(rest=bytes(11) + b"\1"))),
            ("a byte after the end", CORRUPT, flat(content()) + b"\0")],
           [("the first of a log", flat(content(number=1, first=0)))])


def log_entries():
    def start(kind, version=1):
        return [("version", be(version, 1)), ("kind", be(kind, 1))]

    def refused(content):
        whole = flat(content)
        return [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
                ("another kind", CORRUPT, replaced(whole, 1, b"\x09")), ("a byte after the end", CORRUPT, whole + b"\0")]

    peaks = [made(f"log peak {i}", 32) for i in range(3)]

    def chain(count=3, size=11):
        return start(1) + [("entries before", be(size, 8)), ("number of peaks", be(count, 1))] + [
            (f"peak {i}", peak) for i, peak in enumerate(peaks)]

    layout("log_chain", "First entries of log segments", chain(), dict(size=11, peaks=3),
           refused(chain()) + [("65 peaks", CORRUPT, flat(start(1)) + be(11, 8) + b"\x41" + bytes(65 * 32))],
           [("of an empty tree", flat(start(1)) + be(0, 8) + b"\0")])

    def mark(kind=1):
        return start(2) + [("what", be(kind, 1)), ("time, ms", be(1609459200000, 8)), ("start of the system", made("boot", 16))]

    layout("log_mark", "Marks in the log", mark(), dict(kind=1, time_ms=1609459200000),
           refused(mark()) + [("mark 0", CORRUPT, flat(mark(0))), ("mark 4", CORRUPT, flat(mark(4))), ("mark 7", CORRUPT, flat(mark(7)))],
           [("closed", flat(mark(2))), ("a beat", flat(mark(3))), ("restored", flat(mark(6)))])

    key_id, ephemeral, audit_public = made("audit key id", 16), made("audit ephemeral", 32), made("audit public", 32)
    audit_key, shared = made("audit key", 32), made("audit shared", 32)
    wrapping = blake2b(shared + ephemeral + audit_public, 32, "medseal.v1.slot.")
    key_place = place(context(24, store=STORE, audit_key_id=key_id, version=2), 28)
    sealed = flat(seal(wrapping, made("audit key salt", 24), key_place, audit_key))

    def audit_key_entry(version=2):
        return start(3) + [("audit key id", key_id), ("version of the class key", be(version, 4)), ("ephemeral", ephemeral),
                           ("sealed audit key, behind its length", prefixed(sealed, 2))]

    layout("log_audit_key", "Audit keys in the log", audit_key_entry(), dict(id=key_id, version=2),
           refused(audit_key_entry()) + [("class-key version 0", CORRUPT, flat(audit_key_entry(0)))], [])

    salt, where = made("log salt", 24), context(23, store=STORE, audit_key_id=key_id)

    def part(name, key, purpose, content):
        message_key, commitment = derive(key, salt, place(where, purpose))
        return [(f"commitment of {name}", commitment),
                (f"{name}, behind its length", prefixed(aead(1, message_key, content), 2))]

    k_audit = made("log K_audit", 32)
    what_key = blake2b(audit_key, 32, "ms.logwhat", subkey(k_audit, "ms.logwhat"))
    patient_token = blake2b(b"", 16, "ms.logpatient", k_audit)
    log_key = made("log key", 32)
    person_token = blake2b(be(2, 4) + be(612, 4), 16, "ms.logperson", subkey(log_key, "ms.logmonth"))

    def access(parts=3, patient=patient_token):
        fields = start(4) + [("parts", be(parts, 1)), ("audit key id", key_id), ("token of person and month", person_token),
                             ("token of the patient", patient), ("salt", salt)]
        fields += part("who", audit_key, 24, bytes(96))
        if parts & 1:
            fields += part("what", what_key, 25, bytes(64))
        if parts & 2:
            fields += part("head", subkey(k_audit, "ms.loghead"), 26, be(7, 8) + made("log head digest", 32))
            fields += part("place", subkey(log_key, "ms.logplace"), 27, PATIENT)
        return fields

    whole = flat(access())
    layout("log_access", "Accesses in the log", access(), dict(id=key_id, patient_token=patient_token),
           refused(access()) + [("parts 4", CORRUPT, replaced(whole, 2, b"\4")),
                                ("a message shorter than its tag", CORRUPT, flat(access(0)[:7]) + made("x", 32) + prefixed(bytes(15), 2))],
           [("a read", flat(access(1))), ("without a patient", flat(access(0, bytes(16))))])


def log_contents():
    def pad32(fields):
        return fill(fields, lambda size: round_up(size, 32))

    def who(detail=b"", purpose=b"care", behalf=b"dr.morel"):
        return pad32([("version", b"\1"), ("person", be(2, 4)), ("operation", b"\3"), ("outcome", b"\1"), ("code", b"\0"),
                      ("time, ms", be(1609459200000, 8)), ("incident", be(0, 8)), ("number", be(0, 8)), ("patient", PATIENT),
                      ("purpose, behind its length", prefixed(purpose, 1)), ("origin, behind its length", prefixed(b"ward 3", 1)),
                      ("on behalf of, behind its length", prefixed(behalf, 1)),
                      ("detail, behind its length", prefixed(detail, 2))])

    whole = flat(who())
    layout("log_who", "Who did something", who(), dict(person=2, operation=3, purpose="care", on_behalf_of="dr.morel"),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("padding that is not zero", CORRUPT, whole[:-1] + b"\1"), ("a whole block of padding", CORRUPT, whole + bytes(32))],
           [("with a detail", flat(who(b"class hiv"))), ("without more", flat(who(b"", b"", b"")))])

    def what(fields=b"\1\2\x80\1", count=3, kind=b"lab.Result"):
        return pad32([("version", b"\1"), ("schema version", be(1, 4)), ("record version", be(4, 8)), ("classes", be(5, 2)),
                      ("redacted classes", be(8, 2)), ("type, behind its length", prefixed(kind, 1)),
                      ("record id, behind its length", prefixed(b"R-17", 2)), ("number of fields", be(count, 2)),
                      ("fields", fields)])

    whole = flat(what())
    layout("log_what", "What was done", what(), dict(type="lab.Result", classes=5, redacted=8, fields=3),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("padding that is not zero", CORRUPT, whole[:-1] + b"\1"), ("a whole block of padding", CORRUPT, whole + bytes(32)),
            ("a field number written longer than needed", CORRUPT, flat(what(b"\1\x82\0", 2))),
            ("a field number above 2^32", CORRUPT, flat(what(b"\xff\xff\xff\xff\x7f", 1)))],
           [("no field", flat(what(b"", 0))), ("the highest field number", flat(what(b"\xff\xff\xff\xff\x0f", 1)))])

    keys = [("version", b"\1"), ("log key", made("log key", 32)), ("seed of the signer", made("log seed", 32)),
            ("the founder's signature", made("log signature", 64))]
    whole = flat(keys)
    layout("log_keys", "Contents of the log's keys", keys, dict(),
           [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
            ("a byte after the end", CORRUPT, whole + b"\0")], [])


if __name__ == "__main__":
    for make in (contexts, labels, seals, prfs, paddings, groups, headers, publics, rows, key_rows, meta, heads,
                 postings, jobs, job_files, erasures, epoch_ends, custody, bundles, marks, broken_glass, approvals, login_attempts, alerts,
                 declared_jobs, streams, log_segments, log_entries, log_contents):
        make()
    if PAGE.exists():
        update_page()
