#!/usr/bin/env python3
"""Makes the vector files and worked examples of the formats of keys and people (keyring file, anchor, PKCS#11 token,
statement, credential, person slot), like make_examples.py and with its construct: from the page alone, Ed25519, X25519 and
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
              "class key": (4, [("class", be(CLASS, 1)), ("version", be(1, 4)), ("digest", digest),
                                ("public half", bytes(32))]),
              "grant": (5, [("person", be(2, 4)), ("class", be(CLASS, 1))]),
              "schema": (6, [("version", be(1, 4)), ("digest", made("schema digest", 32))]),
              "revoke": (7, [("person", be(2, 4)), ("class", be(CLASS, 1))])}
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

    class_ = bodies["class"][1]
    names = [("no name", b""), ("name of 65 bytes", b"x" * 65), ("name with a tab", b"a\tb"),
             ("name that is not UTF-8", b"a\xff"), ("name that turns the direction", "a\u202eb".encode())]
    refused = [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
               ("number 0", CORRUPT, replaced(whole, 17, bytes(8))),
               ("signer 0", CORRUPT, replaced(whole, 58, bytes(4))), ("a byte after the end", CORRUPT, whole + b"\0"),
               ("no signature", CORRUPT, whole[:-64]),
               ("body longer than the rest", CORRUPT, replaced(whole, 62, be(len(whole), 4))),
               ("body of 2^32-1 bytes", CORRUPT, replaced(whole, 62, b"\xff" * 4)),
               ("body a byte shorter than its length says", CORRUPT, replaced(whole, 62, be(0x57, 4))),
               bad("type 0", 0, doctor, VERSION), bad("type 8", 8, doctor, VERSION), bad("type 255", 255, [], VERSION),
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
               bad("revocation of two classes", 7, bodies["revoke"][1] + [("", b"\4")])]
    refused += [bad(f"person: {title}", 2, person(3, name, DOCTOR, DOCTOR_PUBLIC)) for title, name in names]
    refused += [bad(f"class: {title}", 3, class_[:2] + [("", prefixed(name, 1))]) for title, name in names]
    accepted = [(name, chain[i]) for i, name in [(0, "founding"), (2, "class"), (3, "class key"), (4, "grant"),
                                                 (5, "schema"), (6, "revoke")]]
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
               ("founder's verify key", FOUNDER_KEY)]
    sealed = seal(key, made("credential seal salt", 24), place(context(9, store=STORE, person=2), 11), flat(content))
    fields = [("version", b"\1"), ("memory, KiB", be(MEMORY_KIB, 4)), ("passes", be(PASSES, 4)),
              ("salt", salt)] + sealed_in(sealed, "sealed keys")
    whole = flat(fields)
    base.layout("credential", "Credentials", fields,
                dict(memory_kib=MEMORY_KIB, passes=PASSES, salt=salt, sealed=flat(sealed), store=STORE, person=2,
                     password=PASSWORD, key=key, content=flat(content)),
                [("version 0", VERSION, b"\0" + whole[1:]), ("version 2", VERSION, b"\2" + whole[1:]),
                 ("a byte after the end", CORRUPT, whole + b"\0"), ("nothing sealed", CORRUPT, whole[:25])],
                [("a cost that whoever opens it refuses", replaced(whole, 1, b"\xff" * 8))])
    whole = flat(content)
    base.layout("credential_content", "Contents of credentials", content,
                dict(private_key=whole[:32], seed=whole[32:64], founder_key=whole[64:]),
                [("a byte after the end", CORRUPT, whole + b"\0"), ("no founder's key", CORRUPT, whole[:64])])


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


if __name__ == "__main__":
    for make in (keyring, anchor, token, statements, names, credential, person_slot):
        make()
    base.update_page()
