#!/usr/bin/env python3
"""Makes the vector files and worked examples of the formats of keys and people (keyring file, anchor, PKCS#11 token, statement,
credential, person slot, recovery, share), like make_examples.py and with its construct: from the page alone, Ed25519, X25519 and
Argon2id from pyca/cryptography.  Usage: make_key_examples.py  (needs python3-cryptography 44 or later, for Argon2id)"""
import make_examples as base
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from make_examples import (CLASS, CLASS_KEY, CLASS_VERSION, CORRUPT, EPOCH, EPOCH_SECRET, OK, STORE, VERSION, be,
                           blake2b,
                           context, flat, flipped, label, made, place, prefixed, replaced, seal)

INSTANCE, ANCHOR_KEY = made("instance", 16), made("anchor key", 32)
MEMORY_KIB, PASSES = 19 * 1024, 2
PASSPHRASE, PASSWORD = b"correct horse battery staple", "Gänseblümchen 1897".encode()
PAGE_SIZE = 4096


def stretched(password, salt):
    return Argon2id(salt=salt, length=32, iterations=PASSES, lanes=1, memory_cost=MEMORY_KIB).derive(password)


def paged(name, note, fields, decoded, refused, accepted=(), size=PAGE_SIZE):
    """A layout that ends in zeros up to `size`: the file counts them instead."""
    def case(title, code, data, **more):
        kept = data.rstrip(b"\0")
        return dict(name=title, code=code, bytes=kept, zeros=len(data) - len(kept), **more)

    whole = flat(fields).ljust(size, b"\0")
    cases = [case("worked example", OK, whole, **decoded)]
    cases += [case(title, OK, data, **dict(more)) for title, data, *more in accepted]
    cases += [case(title, code, data) for title, code, data in refused]
    cases += [case("no bytes", CORRUPT, b""), case("last byte cut off", CORRUPT, whole[:-1]),
              case("a byte after the end", CORRUPT, whole + b"\0"),
              case("last byte not zero", CORRUPT, whole[:-1] + b"\1"),
              case("first byte after the content not zero", CORRUPT, replaced(whole, len(flat(fields)), b"\1")),
              case("nothing but zeros" if name == "keyring_header" else "zeros, a byte too few", CORRUPT,
                   bytes(size - (name != "keyring_header")))]
    base.write(name, note, cases)
    base.show(name, fields)


def keyring_place(number):
    return place(context(10, store=STORE, instance=INSTANCE, number=number), 12)


def sealed_in(fields, what):
    return [(f"{what}: {meaning}" if i == 0 else f"· {meaning}", data) for i, (meaning, data) in enumerate(fields)]


def keyring():
    salt = made("keyring salt", 16)
    key = stretched(PASSPHRASE, salt)

    def header(kind=1, cost=(MEMORY_KIB, PASSES), key_=key, reserved=0):
        check = seal(key_, made("key check salt", 24), keyring_place(0), b"")
        start = [("magic \"medsealK\"", b"medsealK"), ("version", b"\1"), ("kind", be(kind, 1)), ("suite", b"\1"),
                 ("zero", be(reserved, 1)),
                 ("memory, KiB", be(cost[0], 4)), ("passes", be(cost[1], 4)), ("salt", salt), ("store", STORE),
                 ("instance", INSTANCE)]
        start += sealed_in(check, "key check")
        return start + [("checksum", blake2b(flat(start), 32, "medseal.v1.kring"))]

    def page(fields):
        return flat(fields).ljust(PAGE_SIZE, b"\0")

    fields = header()
    whole = page(fields)
    key_file = blake2b(salt, 32, "medseal.v1.kfile", made("key file", 32))
    paged("keyring_header", "First pages of keyring files", fields,
          dict(kind=1, suite=1, memory_kib=MEMORY_KIB, passes=PASSES, salt=salt, store=STORE, instance=INSTANCE,
               passphrase=PASSPHRASE, key=key,
               key_check=flat(fields)[68:142], covered=flat(fields)[:142], checksum=flat(fields)[142:]),
          [("another magic", CORRUPT, b"medsealk" + whole[8:]),
           ("an anchor's magic", CORRUPT, b"medsealA" + whole[8:]), ("version 0", VERSION, replaced(whole, 8, b"\0")),
           ("version 2", VERSION, replaced(whole, 8, b"\2")), ("kind 0", CORRUPT, page(header(kind=0))),
           ("kind 3", CORRUPT, page(header(kind=3))),
           ("reserved byte not zero", CORRUPT, page(header(reserved=1))),
           ("passphrase without a cost", CORRUPT, page(header(cost=(0, 0)))),
           ("passphrase without passes", CORRUPT, page(header(cost=(MEMORY_KIB, 0)))),
           ("passphrase without memory", CORRUPT, page(header(cost=(0, PASSES)))),
           ("key file with a cost", CORRUPT, page(header(kind=2))),
           ("key file with memory", CORRUPT, page(header(kind=2, cost=(MEMORY_KIB, 0))))],
          [("key file", page(header(2, (0, 0), key_file)), ("key_file", made("key file", 32)))])

    content = [("epoch", be(EPOCH, 4)), ("secret", EPOCH_SECRET), ("anchor key", ANCHOR_KEY)]
    sealed = flat(seal(key, made("keyring slot salt", 24), keyring_place(1), flat(content)))
    paged("keyring_slot", "Pages of slots of keyring files",
          seal(key, made("keyring slot salt", 24), keyring_place(1), flat(content)),
          dict(key=key, store=STORE, instance=INSTANCE, number=1, sealed=sealed, content=flat(content)),
          [], [("empty", bytes(PAGE_SIZE))])
    whole = flat(content)
    base.layout("epoch_content", "Contents of slots of keyring files", content,
                dict(epoch=EPOCH, secret=EPOCH_SECRET, anchor_key=ANCHOR_KEY),
                [("a byte after the end", CORRUPT, whole + b"\0"), ("no anchor key", CORRUPT, whole[:36])])


def anchor():
    def content(counter):
        return [("counter", be(counter, 8)), ("epoch", be(EPOCH, 4)), ("commit counter", be(123456, 8)),
                ("statement number", be(31, 8)),
                ("audit size", be(9876, 8)), ("audit root", made("audit root", 32))]

    where = place(context(11, store=STORE, instance=INSTANCE), 13)
    sealed = seal(ANCHOR_KEY, made("anchor salt", 24), where, flat(content(12)))
    fields = [("magic \"medsealA\"", b"medsealA")] + sealed
    whole = flat(fields).ljust(PAGE_SIZE, b"\0")
    paged("anchor_page", "Pages of anchor files", fields,
          dict(key=ANCHOR_KEY, store=STORE, instance=INSTANCE, sealed=flat(sealed), content=flat(content(12))),
          [("another magic", CORRUPT, b"medseala" + whole[8:]), ("a keyring's magic", CORRUPT, b"medsealK" + whole[8:]),
           ("zeros but for one bit", CORRUPT, bytes(4000) + b"\1" + bytes(95))],
          [("never written", bytes(PAGE_SIZE))])
    whole = flat(content(12))
    base.layout("anchor_content", "Contents of anchors", content(12),
                dict(counter=12, epoch=EPOCH, commit_counter=123456, statement_number=31, audit_size=9876,
                     audit_root=made("audit root", 32)),
                [("counter 0", CORRUPT, flat(content(0))), ("a byte after the end", CORRUPT, whole + b"\0")],
                [("numbers at their highest", b"\xff" * 68)])


def token():
    header = [("magic \"medsealT\"", b"medsealT"), ("version", b"\1"), ("suite", b"\1"), ("store", STORE),
              ("instance", INSTANCE)]
    whole = flat(header)
    base.layout("token_header", "Headers on PKCS#11 tokens", header, dict(suite=1, store=STORE, instance=INSTANCE),
                [("another magic", CORRUPT, b"medsealt" + whole[8:]), ("a keyring's magic", CORRUPT, b"medsealK" + whole[8:]),
                 ("version 0", VERSION, replaced(whole, 8, b"\0")), ("version 2", VERSION, replaced(whole, 8, b"\2")),
                 ("a byte after the end", CORRUPT, whole + b"\0"), ("no instance", CORRUPT, whole[:26])],
                [("suite 2", replaced(whole, 9, b"\2"))])

    associated = context(16, store=STORE, instance=INSTANCE, epoch=EPOCH) + label(18)
    content = be(EPOCH, 4) + EPOCH_SECRET + ANCHOR_KEY
    key, nonce = made("token key", 32), made("token nonce", 12)
    message = AESGCM(key).encrypt(nonce, content, flat(associated))
    fields = [("version", b"\1"), ("instance", INSTANCE), ("epoch", be(EPOCH, 4)), ("nonce", nonce),
              ("message: ciphertext and tag", message)]
    whole = flat(fields)
    base.layout("token_epoch", "Epochs on PKCS#11 tokens", fields,
                dict(key=key, suite=1, store=STORE, instance=INSTANCE, epoch=EPOCH, nonce=nonce, message=message,
                     associated=flat(associated), content=content),
                [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
                 ("a byte after the end", CORRUPT, whole + b"\0"), ("no message", CORRUPT, whole[:33])],
                [("another instance", replaced(whole, 1, bytes(16)))])
    base.show("token_associated", associated)

    key_id = [("instance", INSTANCE), ("epoch", be(EPOCH, 4))]
    base.layout("token_key_id", "CKA_ID of keys on PKCS#11 tokens", key_id, dict(instance=INSTANCE, epoch=EPOCH),
                [("a byte after the end", CORRUPT, flat(key_id) + b"\0")])


FOUNDER = Ed25519PrivateKey.from_private_bytes(made("founder seed", 32))
FOUNDER_KEY = FOUNDER.public_key().public_bytes_raw()
DOCTOR = Ed25519PrivateKey.from_private_bytes(made("doctor seed", 32)).public_key().public_bytes_raw()
DOCTOR_PRIVATE = X25519PrivateKey.from_private_bytes(made("doctor private key", 32))
DOCTOR_PUBLIC = DOCTOR_PRIVATE.public_key().public_bytes_raw()
NEW_DOCTOR = Ed25519PrivateKey.from_private_bytes(made("new doctor seed", 32)).public_key().public_bytes_raw()
NEW_DOCTOR_PUBLIC = X25519PrivateKey.from_private_bytes(made("new doctor key", 32)).public_key().public_bytes_raw()


# ---- custodians
SET, THRESHOLD, COUNT = 1, 3, 5
NUMBERS = range(1, COUNT + 1)
SECRET = made("custodians' secret", 32)
CUSTODIANS = X25519PrivateKey.from_private_bytes(
    blake2b(STORE + be(SET, 4) + FOUNDER_KEY, 32, "medseal.v1.custo", SECRET))
CUSTODIANS_PUBLIC = CUSTODIANS.public_key().public_bytes_raw()


def times(a, b):
    """In GF(2^8) with x^8 + x^4 + x^3 + x^2 + 1."""
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = a << 1 ^ (0x11d if a & 0x80 else 0)
        b >>= 1
    return product


def key_of_share(number):
    key = bytes(32)
    for coefficient in (made("coefficient 2", 32), made("coefficient 1", 32), SECRET):
        key = bytes(times(k, number) ^ c for k, c in zip(key, coefficient))
    return key


def encoded_share(number, store=STORE, set_=SET, count=COUNT, threshold=THRESHOLD, key=None):
    return (b"\1" + store + be(set_, 4) + be(number, 1) + be(count, 1) + be(threshold, 1)
            + (key_of_share(number) if key is None else key))


def digest_of_share(number, **parts):
    return blake2b(encoded_share(number, **parts), 32, "medseal.v1.share")


def grouped(data, size):
    words = [data[i:i + size].hex() for i in range(0, len(data), size)]
    return "\n           ".join(" ".join(words[i:i + 8]) for i in range(0, len(words), 8))


def share_text(number, store=STORE, set_=SET, count=COUNT, threshold=THRESHOLD, key=None):
    parts = dict(store=store, set_=set_, count=count, threshold=threshold, key=key)
    digest = digest_of_share(number % 256, **dict(parts, set_=set_ % 2**32, count=count % 256, threshold=threshold % 256))
    return f"""medseal recovery share, version 1
store      {grouped(store, 4)}
set        {set_}
share      {number} of {count}
threshold  {threshold}
key        {grouped(key_of_share(number) if key is None else key, 2)}
checksum   {grouped(digest[:8], 2)}
"""


def recovery():
    ephemeral = X25519PrivateKey.from_private_bytes(made("recovery ephemeral", 32))
    public = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(CUSTODIANS_PUBLIC))
    key = blake2b(shared + public + CUSTODIANS_PUBLIC, 32, "medseal.v1.slot.")
    content = made("founder private key", 32) + made("founder seed", 32) + FOUNDER_KEY
    sealed = seal(key, made("recovery salt", 24), place(context(17, store=STORE, number=SET), 19), content)
    fields = [("version", b"\1"), ("ephemeral public key", public)] + sealed_in(sealed, "sealed keys")
    whole = flat(fields)
    base.layout("recovery", "Founders' private keys sealed to custodians", fields,
                dict(ephemeral=public, sealed=flat(sealed), store=STORE, set=SET, threshold=THRESHOLD, public_key=CUSTODIANS_PUBLIC,
                     slot_key=key, content=content, secret=SECRET, private_key=CUSTODIANS.private_bytes_raw(),
                     founder_key=FOUNDER_KEY, shares=[key_of_share(n) for n in NUMBERS],
                     digests=[digest_of_share(n) for n in NUMBERS]),
                [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
                 ("a byte after the end", CORRUPT, whole + b"\0"), ("nothing sealed", CORRUPT, whole[:33])],
                [("an ephemeral key of small order, refused when opened", replaced(whole, 1, bytes(32)))])


def shares():
    whole = share_text(2)
    key, store = grouped(key_of_share(2), 2), grouped(STORE, 4)

    def case(title, text_, code=OK, **more):
        return dict(name=title, code=code, bytes=text_.encode(), **more)

    cases = [case("worked example", whole, store=STORE, set=SET, number=2, count=COUNT, threshold=THRESHOLD,
                  key=key_of_share(2), checksum=digest_of_share(2)[:8], encoded=encoded_share(2),
                  digest=digest_of_share(2))]
    # What is typed as people type still says the same.
    cases += [case(title, text_, same=1) for title, text_ in [
        ("in capitals", whole.upper()), ("on one line", " ".join(whole.split())),
        ("lines of another system", whole.replace("\n", "\r\n")), ("no line end", whole.rstrip("\n")),
        ("blank lines and tabs", "\n\n" + whole.replace(" ", "\t ") + "\n \n"),
        ("one group", whole.replace(key, key_of_share(2).hex())),
        ("groups of one digit", whole.replace(key, " ".join(key_of_share(2).hex())))]]
    cases += [case("the last of sixteen, all needed", share_text(16, count=16, threshold=16)),
              case("the highest set", share_text(1, set_=2**32 - 1)),
              case("a checksum that does not fit, refused when judged", whole.replace("checksum   ", "checksum   ")[:-5] + "0000\n")]
    refused = [("no bytes", ""), ("blanks", " \n"), ("something else", "medseal recovery"), ("a word before", "the " + whole),
               ("another first line", whole.replace("recovery", "backup")),
               ("a word after the end", whole + "."), ("two shares", whole + whole),
               ("no checksum", whole[:whole.index("checksum")]), ("checksum cut short", whole[:-2]),
               ("a digit less in the key", whole.replace(key, key[:-1])), ("a digit more in the key", whole.replace(key, key + "0")),
               ("a group more in the key", whole.replace(key, key + " 0000")),
               ("a letter that is no digit", whole.replace(key, "g" + key[1:])),
               ("an l for a 1", whole.replace(key, "l" + key[1:])), ("a character beyond ASCII", whole.replace(key, "\u00e9" + key[1:])),
               ("a group less in the store", whole.replace(store, store[:-9])), ("no store", whole.replace("store", "")),
               ("a zero byte", whole.replace(" of ", "\0of ")),
               ("set 0", share_text(2, set_=0)), ("set 01", whole.replace("set        1", "set 01")),
               ("set of 2^32", share_text(2, set_=2**32)), ("set of 2^64 + 1", whole.replace("set        1", "set 18446744073709551617")),
               ("set of -1", whole.replace("set        1", "set -1")), ("set in hex", whole.replace("set        1", "set 0x1")),
               ("share 0", share_text(0)), ("share beyond the count", share_text(6)), ("seventeen shares", share_text(2, count=17)),
               ("count 0", share_text(1, count=0)), ("share 257", share_text(257, count=5, key=bytes(32))),
               ("threshold 0", share_text(2, threshold=0)), ("threshold 1", share_text(2, threshold=1)),
               ("threshold beyond the count", share_text(2, threshold=6)), ("4 097 bytes", whole + " " * (4097 - len(whole)))]
    cases += [case(title, text_, CORRUPT) for title, text_ in refused]
    cases += [case(f"version {v}", whole.replace("version 1", f"version {v}"), VERSION) for v in ("0", "2", "01", "one", "")]
    base.write("share", "Texts of shares", cases)
    base.blocks["share"] = whole


def person(number, name, verify_key, public_key, kind=1):
    return [("number", be(number, 4)), ("kind", be(kind, 1)), ("name, behind its 8-bit length", prefixed(name, 1)),
            ("verify key", verify_key), ("public key", public_key)]


def statement(number, previous, type_, body, signer=1, store=STORE, version=1):
    body = flat(body)
    start = [("version", be(version, 1)), ("store", store), ("number", be(number, 8)), ("previous", previous),
             ("type", be(type_, 1)),
             ("signer", be(signer, 4)), ("body, behind its length", prefixed(body))]
    return start + [("signature", FOUNDER.sign(b"medseal.v1.statement" + flat(start)))]


def statements():
    chain = []

    def next_(type_, body, **parts):
        previous = blake2b(chain[-1], 32, "medseal.v1.stmt") if chain else bytes(32)
        fields = statement(len(chain) + 1, previous, type_, body, **parts)
        return fields

    def add(type_, body):
        fields = next_(type_, body)
        chain.append(flat(fields))
        return fields

    founder_public = X25519PrivateKey.from_private_bytes(made("founder private key", 32)).public_key().public_bytes_raw()
    founding_body = [("suite", b"\1")] + person(1, "Ada Ängström".encode(), FOUNDER_KEY, founder_public)
    digest = blake2b(STORE + be(CLASS, 1) + be(1, 4), 32, "medseal.v1.class", CLASS_KEY)
    add(1, founding_body)
    doctor = person(2, b"Dr. A. Martin", DOCTOR, DOCTOR_PUBLIC)
    shown = add(2, doctor)
    bodies = {"class": (3, [("number", be(CLASS, 1)), ("flags", b"\1"), ("name", prefixed(b"hiv", 1))]),
              "class key": (4, [("class", be(CLASS, 1)), ("version", be(1, 4)), ("made, ms", be(1609459200000, 8)), ("digest", digest),
                                ("public half", bytes(32))]),
              "grant": (5, [("person", be(2, 4)), ("class", be(CLASS, 1))]),
              "schema": (6, [("version", be(1, 4)), ("digest", made("schema digest", 32))]),
              "revoke": (7, [("person", be(2, 4)), ("class", be(CLASS, 1))]),
              "person keys": (8, [("person", be(2, 4)), ("verify key", NEW_DOCTOR), ("public key", NEW_DOCTOR_PUBLIC)]),
              "custodians": (9, [("set", be(SET, 4)), ("threshold", be(THRESHOLD, 1)), ("count", be(COUNT, 1)),
                                 ("public key", CUSTODIANS_PUBLIC)] + [("", digest_of_share(n)) for n in NUMBERS]),
              "suite": (10, [("suite", b"\2")]),
              "role": (11, [("role", be(1, 2)), ("operations", b"\x00\x07"), ("classes", be(1 << CLASS, 2)),
                            ("name", prefixed(b"physician", 1))]),
              "role given": (12, [("person", be(2, 4)), ("role", be(1, 2)), ("given", b"\1")]),
              "person state": (13, [("person", be(2, 4)), ("state", b"\3"), ("name", prefixed(b"Dr. B. Martin", 1))]),
              "policy": (14, [("name", prefixed(b"login_attempts", 1)), ("value", be(5, 8))])}
    for name, (type_, body) in bodies.items():
        add(type_, body)
    whole = chain[1]
    base.write("statement_chain", "A chain of one statement of each type", [
        dict(name="chain", store=STORE, statements=list(chain), founder_key=FOUNDER_KEY,
             founder_seed=made("founder seed", 32), newest_digest=blake2b(chain[-1], 32, "medseal.v1.stmt"),
             class_number=CLASS, class_key=CLASS_KEY, class_key_digest=digest,
             schema_digest=made("schema digest", 32))])

    def bad(title, type_, body, code=CORRUPT):
        return title, code, flat(next_(type_, body))

    class_, role, given, renamed = (bodies[name][1] for name in ("class", "role", "role given", "person state"))
    names = [("no name", b""), ("name of 65 bytes", b"x" * 65), ("name with a tab", b"a\tb"),
             ("name that is not UTF-8", b"a\xff"), ("name that turns the direction", "a\u202eb".encode())]
    refused = [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
               ("number 0", CORRUPT, replaced(whole, 17, bytes(8))),
               ("signer 0", CORRUPT, replaced(whole, 58, bytes(4))), ("a byte after the end", CORRUPT, whole + b"\0"),
               ("no signature", CORRUPT, whole[:-64]),
               ("body longer than the rest", CORRUPT, replaced(whole, 62, be(len(whole), 4))),
               ("body of 2^32-1 bytes", CORRUPT, replaced(whole, 62, b"\xff" * 4)),
               ("body a byte shorter than its length says", CORRUPT, replaced(whole, 62, be(0x57, 4))),
               bad("type 0", 0, doctor, VERSION), bad("type 200", 200, doctor, VERSION), bad("type 255", 255, [], VERSION),
               bad("founding without a suite", 1, founding_body[1:]),
               bad("founding with a byte more", 1, founding_body + [("", b"\0")]),
               bad("person 0", 2, person(0, b"x", DOCTOR, DOCTOR_PUBLIC)),
               bad("kind 0", 2, person(3, b"x", DOCTOR, DOCTOR_PUBLIC, 0)),
               bad("kind 3", 2, person(3, b"x", DOCTOR, DOCTOR_PUBLIC, 3)),
               bad("person with a byte more", 2, doctor + [("", b"\0")]),
               bad("person without a public key", 2, doctor[:-1]),
               bad("founder whose number is 0", 1, [("suite", b"\1")] + person(0, b"x", FOUNDER_KEY, DOCTOR_PUBLIC)),
               bad("class 16", 3, [("", b"\x10")] + class_[1:]),
               bad("class with flag 2", 3, [class_[0], ("", b"\2"), class_[2]]),
               bad("class with a byte more", 3, class_ + [("", b"\0")]), bad("empty body of a class", 3, []),
               bad("class key of class 16", 4, [("", b"\x10")] + bodies["class key"][1][1:]),
               bad("class-key version 0", 4, [bodies["class key"][1][0], ("", bytes(4))] + bodies["class key"][1][2:]),
               bad("class key without a public half", 4, bodies["class key"][1][:-1]),
               bad("class key with a byte more", 4, bodies["class key"][1] + [("", b"\0")]),
               bad("grant to person 0", 5, [("", bytes(4)), ("", b"\3")]),
               bad("grant of class 16", 5, [("", be(2, 4)), ("", b"\x10")]),
               bad("grant of two classes", 5, bodies["grant"][1] + [("", b"\4")]),
               bad("schema version 0", 6, [("", bytes(4)), bodies["schema"][1][1]]),
               bad("schema without a digest", 6, bodies["schema"][1][:1]),
               bad("schema with a byte more", 6, bodies["schema"][1] + [("", b"\0")]),
               bad("revocation of person 0", 7, [("", bytes(4)), ("", b"\3")]),
               bad("revocation of class 16", 7, [("", be(2, 4)), ("", b"\x10")]),
               bad("revocation of two classes", 7, bodies["revoke"][1] + [("", b"\4")]),
               bad("keys of person 0", 8, [("", bytes(4))] + bodies["person keys"][1][1:]),
               bad("person keys without a public key", 8, bodies["person keys"][1][:-1]),
               bad("person keys with a byte more", 8, bodies["person keys"][1] + [("", b"\0")]),
               bad("custodians of set 0", 9, [("", bytes(4))] + bodies["custodians"][1][1:]),
               bad("one custodian is enough", 9, [("", be(SET, 4)), ("", b"\1")] + bodies["custodians"][1][2:]),
               bad("more custodians needed than there are", 9, [("", be(SET, 4)), ("", b"\6")] + bodies["custodians"][1][2:]),
               bad("custodian without a digest", 9, bodies["custodians"][1][:-1]),
               bad("custodians with a byte more", 9, bodies["custodians"][1] + [("", b"\0")]),
               bad("seventeen custodians", 9, [("", be(SET, 4)), ("", b"\2\x11"), ("", CUSTODIANS_PUBLIC),
                                               ("", bytes(17 * 32))]),
               bad("suite 0", 10, [("", b"\0")]), bad("suite 255", 10, [("", b"\xff")]), bad("no suite", 10, []),
               bad("two suites", 10, [("", b"\2\1")]),
               bad("policy without a name", 14, [("", prefixed(b"", 1)), ("", be(5, 8))]),
               bad("policy with a name of 65 bytes", 14, [("", prefixed(b"x" * 65, 1)), ("", be(5, 8))]),
               bad("policy with a capital in its name", 14, [("", prefixed(b"Login", 1)), ("", be(5, 8))]),
               bad("policy with a hyphen in its name", 14, [("", prefixed(b"login-attempts", 1)), ("", be(5, 8))]),
               bad("policy without a value", 14, [("", prefixed(b"login_attempts", 1))]),
               bad("policy with a byte more", 14, [("", prefixed(b"login_attempts", 1)), ("", bytes(9))]),
               bad("role 0", 11, [("", bytes(2))] + role[1:]),
               bad("role with a byte more", 11, role + [("", b"\0")]), bad("role without a name", 11, role[:3]),
               bad("role with an operation that has no meaning", 11, [role[0], ("", b"\x02\x00"), role[2], role[3]]),
               bad("role given to person 0", 12, [("", bytes(4))] + given[1:]),
               bad("role 0 given", 12, [given[0], ("", bytes(2)), given[2]]),
               bad("role neither given nor taken", 12, given[:2] + [("", b"\2")]),
               bad("role given with a byte more", 12, given + [("", b"\0")]),
               bad("state of person 0", 13, [("", bytes(4))] + renamed[1:]),
               bad("state 0", 13, [renamed[0], ("", b"\0\0")]), bad("state 4", 13, [renamed[0], ("", b"\4\0")]),
               bad("enabled with a name", 13, [renamed[0], ("", b"\1"), renamed[2]]),
               bad("disabled with a name", 13, [renamed[0], ("", b"\2"), renamed[2]]),
               bad("state with a byte more", 13, renamed + [("", b"\0")])]
    refused += [bad(f"role: {title}", 11, role[:3] + [("", prefixed(name, 1))]) for title, name in names]
    refused += [bad(f"renamed: {title}", 13, renamed[:2] + [("", prefixed(name, 1))]) for title, name in names]
    refused += [bad(f"person: {title}", 2, person(3, name, DOCTOR, DOCTOR_PUBLIC)) for title, name in names]
    refused += [bad(f"class: {title}", 3, class_[:2] + [("", prefixed(name, 1))]) for title, name in names]
    accepted = [(name, chain[i]) for i, name in [(0, "founding"), (2, "class"), (3, "class key"), (4, "grant"),
                                                 (5, "schema"), (6, "revoke"), (7, "person keys"),
                                                 (8, "custodians"), (9, "suite"), (10, "role"),
                                                 (11, "role given"), (12, "renamed"), (13, "policy")]]
    accepted += [("disabled", flat(next_(13, [renamed[0], ("", b"\2\0")]))),
                 ("enabled", flat(next_(13, [renamed[0], ("", b"\1\0")]))),
                 ("role taken", flat(next_(12, given[:2] + [("", b"\0")]))),
                 ("role of everything", flat(next_(11, [("", b"\xff\xff\x01\xff\xff\xff"), role[3]]))),
                 ("role of nothing", flat(next_(11, [role[0], ("", bytes(4)), role[3]])))]
    accepted += [("sixteen custodians, all needed",
                  flat(next_(9, [("", be(SET, 4)), ("", b"\x10\x10"), ("", CUSTODIANS_PUBLIC), ("", bytes(16 * 32))])))]
    accepted += [("a service", flat(next_(2, person(3, b"analyser 7", DOCTOR, DOCTOR_PUBLIC, 2)))),
                 ("the highest class", flat(next_(3, [("", b"\x0f"), ("", b"\0"), class_[2]]))),
                 ("name of 64 bytes", flat(next_(2, person(3, b"x" * 64, DOCTOR, DOCTOR_PUBLIC))))]
    base.layout("statement", "Statements; signatures are the founder's throughout, and are looked at after parsing",
                shown,
                dict(store=STORE, number=2, previous=blake2b(chain[0], 32, "medseal.v1.stmt"), type=2, signer=1,
                     body=flat(doctor), covered=whole[:-64], signature=whole[-64:],
                     founder_key=FOUNDER_KEY, person=2, kind=1, person_name=b"Dr. A. Martin", verify_key=DOCTOR,
                     public_key=DOCTOR_PUBLIC), refused, accepted)


def names():
    good = ["a", "x" * 64, "Dr. Émile Ναι", "山田太郎", "محمد", "می‌خواهم", "O'Brien-Smith, J.", "😀", "a  b", "\u00a0",
            "\U0010ffff"]
    bad = [b"", b"x" * 65, b"a\0", b"\x1f", b"\x7f", b"\xc2\x80", b"\xc2\x9f", b" a", b"a ", b"\x80", b"a\xbf",
           b"\xc0\xaf", b"\xc1\x81", b"\xc3", b"\xc3(", b"\xe0\x80\xaf", b"\xe0\x9f\xbf",
           b"\xe2\x82", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf0\x80\x80\xaf", b"\xf0\x8f\xbf\xbf",
           b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfe", b"\xff"]
    bad += [f"a{c}b".encode() for c in "\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\n\r\t"]
    base.write("clean_name", "Names of persons and classes",
               [dict(clean=True, bytes=n.encode()) for n in good] + [dict(clean=False, bytes=n) for n in bad])


def credential():
    salt = made("credential salt", 16)
    key = stretched(PASSWORD, salt)
    content = [("private key, X25519", made("doctor private key", 32)), ("seed, Ed25519", made("doctor seed", 32)),
               ("founder's verify key", FOUNDER_KEY), ("mark of a password", made("mark of a password", 32))]
    sealed = seal(key, made("credential seal salt", 24), place(context(9, store=STORE, person=2), 11), flat(content))
    fields = [("version", b"\1"), ("kind 1, password", b"\1"), ("memory, KiB", be(MEMORY_KIB, 4)), ("passes", be(PASSES, 4)),
              ("salt", salt)] + sealed_in(sealed, "sealed keys")
    whole = flat(fields)
    base.layout("credential", "Credentials", fields,
                dict(memory_kib=MEMORY_KIB, passes=PASSES, salt=salt, sealed=flat(sealed), store=STORE, person=2,
                     password=PASSWORD, key=key, content=flat(content)),
                [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
                 ("a byte after the end", CORRUPT, whole + b"\0"), ("nothing sealed", CORRUPT, whole[:26]),
                 ("kind 0", CORRUPT, replaced(whole, 1, b"\0")), ("kind 4", CORRUPT, replaced(whole, 1, b"\4")),
                 ("kind 3, whose parts are other ones", CORRUPT, replaced(whole, 1, b"\3")),
                 ("the other kind", CORRUPT, replaced(whole, 1, b"\2"))],
                [("a cost that whoever opens it refuses", replaced(whole, 2, b"\xff" * 8))])
    file_ = made("key file", 32)
    key = blake2b(STORE + be(2, 4), 32, "medseal.v1.pfile", file_)
    sealed = seal(key, made("key file seal salt", 24), place(context(9, store=STORE, person=2), 11), flat(content))
    fields = [("version", b"\1"), ("kind 2, key file", b"\2")] + sealed_in(sealed, "sealed keys")
    whole = flat(fields)
    base.layout("credential_of_key_file", "Credentials of key files", fields,
                dict(sealed=flat(sealed), store=STORE, person=2, key_file=file_, key=key, content=flat(content)),
                [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
                 ("a byte after the end", CORRUPT, whole + b"\0"), ("nothing sealed", CORRUPT, whole[:2]),
                 ("the other kind", CORRUPT, replaced(whole, 1, b"\1"))])
    token_key, on_token, nonce = made("key on the person's token", 16), made("person token key", 32), made("person nonce", 12)
    associated = context(19, store=STORE, person=2, token_key=token_key)
    key = made("key under the person's token", 32)
    wrapped = AESGCM(on_token).encrypt(nonce, key, flat(associated))
    sealed = seal(key, made("person token seal salt", 24), place(context(9, store=STORE, person=2), 11), flat(content))
    fields = [("version", b"\1"), ("kind 3, token", b"\3"), ("key on the token", token_key), ("nonce", nonce),
              ("wrapped key: ciphertext and tag", wrapped)] + sealed_in(sealed, "sealed keys")
    whole = flat(fields)
    base.layout("credential_of_token", "Credentials of tokens", fields,
                dict(sealed=flat(sealed), store=STORE, person=2, token_key=token_key, on_token=on_token, nonce=nonce,
                     wrapped=wrapped, associated=flat(associated), key=key, content=flat(content)),
                [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
                 ("a byte after the end", CORRUPT, whole + b"\0"), ("nothing sealed", CORRUPT, whole[:78]),
                 ("the kind of a key file", CORRUPT, replaced(whole, 1, b"\2"))])
    base.show("person_token_associated", associated)
    key_id = [("store", STORE), ("key", token_key)]
    base.layout("person_key_id", "CKA_ID of keys on persons' tokens", key_id, dict(store=STORE, key=token_key),
                [("a byte after the end", CORRUPT, flat(key_id) + b"\0"), ("no key", CORRUPT, STORE)])
    tag = [("version", b"\1"), ("tag", blake2b(STORE, 32, "medseal.v1.ptag", file_))]
    whole = flat(tag)
    base.layout("credential_tag", "Tags of key files", tag, dict(store=STORE, key_file=file_, tag=whole[1:]),
                [("version 0", VERSION, b"\0" + whole[1:]), ("version 3", VERSION, b"\3" + whole[1:]),
                 ("a byte after the end", CORRUPT, whole + b"\0")])
    stretched_ = stretched(PASSWORD, salt)
    class_key = made("everyone's class key", 32)
    tag = [("version", b"\2"), ("version of the class key", be(CLASS_VERSION, 4)),
           ("tag", blake2b(stretched_, 32, "medseal.v1.pwtag", class_key))]
    whole = flat(tag)
    base.layout("password_tag", "Tags of passwords", tag,
                dict(password=PASSWORD, salt=salt, memory_kib=MEMORY_KIB, passes=PASSES, class_key=class_key, tag=whole[5:]),
                [("version 0", VERSION, b"\0" + whole[1:]), ("version 3", VERSION, b"\3" + whole[1:]),
                 ("class key of version 0", CORRUPT, replaced(whole, 1, be(0, 4))),
                 ("a byte after the end", CORRUPT, whole + b"\0"), ("as short as a key file's", CORRUPT, whole[:33])])
    salted = [("version", b"\1"), ("memory, KiB", be(MEMORY_KIB, 4)), ("passes", be(PASSES, 4)), ("salt", salt)]
    whole = flat(salted)
    base.layout("password_salt", "Salts of passwords", salted,
                dict(store=STORE, password=PASSWORD, memory_kib=MEMORY_KIB, passes=PASSES, salt=salt,
                     mark=blake2b(STORE, 32, "medseal.v1.past", stretched_)),
                [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
                 ("a byte after the end", CORRUPT, whole + b"\0")])
    whole = flat(content)
    base.layout("credential_content", "Contents of credentials", content,
                dict(private_key=whole[:32], seed=whole[32:64], founder_key=whole[64:96], past=whole[96:]),
                [("a byte after the end", CORRUPT, whole + b"\0"), ("no founder's key", CORRUPT, whole[:64]),
                 ("half a mark", CORRUPT, whole[:112]), ("26 marks", CORRUPT, whole[:96] + bytes(26 * 32))])


def person_slot():
    ephemeral = X25519PrivateKey.from_private_bytes(made("ephemeral", 32))
    public = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(DOCTOR_PUBLIC))
    key = blake2b(shared + public + DOCTOR_PUBLIC, 32, "medseal.v1.slot.")
    where = place(context(8, store=STORE, class_=CLASS, version=CLASS_VERSION, person=2), 10, class_number=CLASS)
    sealed = seal(key, made("person slot salt", 24), where, CLASS_KEY)
    fields = [("version", b"\1"), ("ephemeral public key", public)] + sealed_in(sealed, "sealed class key")
    whole = flat(fields)
    base.layout("person_slot", "Person slots", fields,
                dict(ephemeral=public, sealed=flat(sealed), store=STORE, class_number=CLASS,
                     class_key_version=CLASS_VERSION, person=2, private_key=made("doctor private key", 32),
                     public_key=DOCTOR_PUBLIC, slot_key=key, class_key=CLASS_KEY),
                [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
                 ("a byte after the end", CORRUPT, whole + b"\0"), ("nothing sealed", CORRUPT, whole[:33])],
                [("an ephemeral key of small order, refused when opened", replaced(whole, 1, bytes(32)))])


MANDATE = f"""medseal mandate 1
id: {made("mandate id", 16).hex()}
vault: {STORE.hex()}
direction: import
from: Laboratoire Müller, HEXALAB 4, export of 2026-11-30
to: the vault of the group
purpose: migration
take: Patient: family, given, birth_date
take: LabResult: result
since: 2019-01-01
until: 2026-11-30
columns that are not named: dropped
rows at most: 500000
made: 2026-12-01T14:00:00Z
expires: 2026-12-31T23:59:59Z
source erased by: 2027-01-15
signers at least: 2
"""
MANDATE_OUT = f"""medseal mandate 1
id: {made("mandate id", 16).hex()}
vault: {STORE.hex()}
direction: export
from: the vault of the group
to: Clinique du Nord
purpose: care
take: LabResult: result
patients: 300 of the list with digest {made("mandate patients", 32).hex()}
recipient: {made("recipient", 32).hex()} Clinique du Nord, Dr. A. Martin
rows at most: 3000
made: 2026-12-01T14:00:00Z
expires: 2026-12-02T00:00:00Z
signers at least: 16
"""


def mandates():
    def change(old, new, text=MANDATE):
        assert old in text
        return text.replace(old, new, 1)

    out = lambda old, new: change(old, new, MANDATE_OUT)
    line = lambda start: next(one for one in MANDATE.split("\n") if one.startswith(start)) + "\n"
    good = [("an import", MANDATE), ("an export", MANDATE_OUT), ("without limits of date", change("since: 2019-01-01\nuntil: 2026-11-30\n", "")),
            ("unknown columns sealed", change("named: dropped", "named: sealed")),
            ("no order to erase", change("source erased by: 2027-01-15\n", "")),
            ("a leap day", change("2019-01-01", "2024-02-29")), ("one day", change("2019-01-01", "2026-11-30"))]
    bad = [("a title of something else", "medseal cert 1\n"), ("no title's end", "medseal mandate 1"),
           ("no last line feed", MANDATE[:-1]), ("a line more", MANDATE + "signers at least: 2\n"), ("a blank line", MANDATE + "\n"),
           ("ends of lines as on Windows", MANDATE.replace("\n", "\r\n")), ("a space at an end", change("migration", "migration ")),
           ("two spaces", change("take: LabResult", "take:  LabResult")), ("capital digits", MANDATE.replace(STORE.hex(), STORE.hex().upper())),
           ("an id too short", MANDATE.replace(made("mandate id", 16).hex(), made("mandate id", 16).hex()[:30])),
           ("a third direction", change("direction: import", "direction: both")), ("nothing taken", change(line("take: Patient"), "").replace(line("take: LabResult"), "")),
           ("a type without fields", change("take: LabResult: result", "take: LabResult: ")), ("all fields", change("LabResult: result", "LabResult: *")),
           ("a type twice", change("take: LabResult", "take: Patient")), ("a field twice", change("family, given", "family, family")),
           ("lines in another order", change(line("since") + line("until"), line("until") + line("since"))),
           ("a line that is missing", change(line("rows"), "")), ("a line that is not known", change(line("rows"), line("rows") + "also: more\n")),
           ("no purpose of use", change("purpose: migration", "purpose: anything")),
           ("a day that is none", change("2026-11-30\ncol", "2026-11-31\ncol")), ("a leap day of no leap year", change("2019-01-01", "2023-02-29")),
           ("dates the wrong way round", change("2019-01-01", "2026-12-01")),
           ("no rows", change("500000", "0")), ("a number with a zero before it", change("500000", "0500000")), ("a number below zero", change("500000", "-1")),
           ("more rows than fit", change("500000", "18446744073709551616")),
           ("a time without its zone", change("14:00:00Z", "14:00:00")), ("an hour 24", change("14:00:00Z", "24:00:00Z")), ("a leap second", change("23:59:59Z", "23:59:60Z")),
           ("over before it was made", change("2026-12-31T", "2026-11-30T")), ("nobody signs", change("least: 2", "least: 0")), ("17 sign", change("least: 2", "least: 17")),
           ("a sign that turns the text", change("HEXALAB", "HEX\u202eALAB")), ("too long a text", change("HEXALAB", "H" * 241)),
           ("an import for a recipient", change("columns", "recipient: " + made("recipient", 32).hex() + " somebody\ncolumns")),
           ("an export for nobody", out(next(x for x in MANDATE_OUT.split("\n") if x.startswith("recipient")) + "\n", "")),
           ("a recipient without a name", out(" Clinique du Nord, Dr. A. Martin", "")),
           ("a recipient twice", out("rows at most", "recipient: " + made("recipient", 32).hex() + " Clinique du Nord\nrows at most")),
           ("an export that keeps unknown columns", out("rows at most", "columns that are not named: sealed\nrows at most")),
           ("an export that erases", out("signers", "source erased by: 2027-01-15\nsigners")), ("a list of nobody", out("300 of", "0 of"))]
    cases = [dict(name=name, code=OK, bytes=text.encode()) for name, text in good]
    cases += [dict(name=name, code=CORRUPT, bytes=text.encode()) for name, text in bad]
    cases += [dict(name="version 2", code=VERSION, bytes=change("mandate 1", "mandate 2").encode()),
              dict(name="version 01", code=VERSION, bytes=change("mandate 1", "mandate 01").encode()),
              dict(name="no bytes", code=CORRUPT, bytes=b""), dict(name="not UTF-8", code=CORRUPT, bytes=MANDATE.encode("latin-1"))]
    base.write("mandate", "Mandates", cases)


if __name__ == "__main__":
    for make in (keyring, anchor, token, statements, names, credential, person_slot, recovery, shares, mandates):
        make()
    base.update_page()
