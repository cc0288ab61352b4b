#!/usr/bin/env python3
"""Makes the known answers of lib/crypto in this folder, without the code they check: BLAKE2b from Python's hashlib,
ChaCha20, Argon2id, X25519 and Ed25519 from pyca/cryptography (OpenSSL). The inputs are fixed, so that every run gives
the same files.  Usage: generate.py  (needs python3-cryptography 44 or later, for Argon2id)"""
import hashlib
import json
import pathlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

FOLDER = pathlib.Path(__file__).parent


def made(name, size):
    """`size` bytes that look random and are the same on each run."""
    return hashlib.shake_256(("medseal test input " + name).encode()).digest(size)


def blake2b(data, size, purpose, key=b""):
    person = purpose.encode().ljust(16, b"\0")
    return hashlib.blake2b(data, digest_size=size, key=key, person=person).digest()


def prefixed(data):
    return len(data).to_bytes(8, "big") + data


def write(name, note, cases):
    def text(value):
        if isinstance(value, bytes):
            return value.hex()
        return [text(v) for v in value] if isinstance(value, list) else value

    cases = [{k: text(v) for k, v in case.items()} for case in cases]
    (FOLDER / name).write_text(json.dumps({"note": note, "cases": cases}, indent=1) + "\n")


def kdf():
    def case(key, salt, context, label):
        okm = blake2b(key + salt + context + label, 64, "medseal.v1.kdf..")
        return dict(key=key, salt=salt, context=context, label=label, message_key=okm[:32], commitment=okm[32:])

    sizes = (32, 24, 32, 40)
    cases = [case(*(bytes(n) for n in sizes)), case(*(b"\xff" * n for n in sizes))]
    cases += [case(*(made(f"kdf {i} {n}", n + i)[i:] for n in sizes)) for i in range(6)]
    # One input changed at a time, against the last case.
    last = [cases[-1][k] for k in ("key", "salt", "context", "label")]
    for i in range(4):
        changed = list(last)
        changed[i] = changed[i][:-1] + bytes([changed[i][-1] ^ 1])
        cases.append(case(*changed))
    write("kdf.json", "Derive: BLAKE2b-512(key, salt, context digest, label), personalised 'medseal.v1.kdf..'", cases)


def subkey():
    cases = []
    for i, purpose in enumerate(["medseal.v1.head.", "short", "", "0123456789abcdef", "0123456789abcde"]):
        key = made(f"subkey {i}", 32)
        cases.append(dict(key=key, purpose=purpose, subkey=blake2b(b"", 32, purpose, key)))
    write("subkey.json", "Subkey: keyed BLAKE2b-256 of the empty message, personalised with the purpose", cases)


def hashes():
    cases = []
    for i, (count, size) in enumerate([(0, 32), (1, 16), (1, 64), (2, 32), (3, 32), (5, 48), (1, 32)]):
        pieces = [made(f"hash {i} {n}", [3, 0, 128, 129, 1000][n]) for n in range(count)]
        for key in (b"", made(f"hash key {i}", 32)):
            for framed in (False, True):
                data = b"".join(prefixed(p) if framed else p for p in pieces)
                purpose = f"hash test {i}"
                cases.append(dict(purpose=purpose, key=key, pieces=pieces, prefixed=framed, size=size,
                                  output=blake2b(data, size, purpose, key)))
    write("hash.json", "Hasher: BLAKE2b of the pieces (each behind its 8-byte length if prefixed); no key if empty", cases)


def prf():
    cases = []
    for i, size in enumerate([0, 1, 16, 64, 127, 128, 129, 500]):
        key, message, purpose = made(f"prf key {i}", 32), made(f"prf {i}", size), f"prf test {i}"
        cases.append(dict(key=key, purpose=purpose, message=message, prf16=blake2b(message, 16, purpose, key),
                          prf32=blake2b(message, 32, purpose, key), hash=blake2b(message, 32, purpose)))
    write("prf.json", "Prf16, Prf32: keyed BLAKE2b; hash: BLAKE2b-256 without the key", cases)


def slot_key():
    cases = []
    for i in range(4):
        parts = [made(f"slot {i} {n}", 32) for n in range(3)]
        cases.append(dict(shared=parts[0], ephemeral=parts[1], recipient=parts[2],
                          key=blake2b(b"".join(parts), 32, "medseal.v1.slot.")))
    write("slot_key.json", "SlotKey: BLAKE2b-256(shared, ephemeral, recipient), personalised 'medseal.v1.slot.'", cases)


def keystream():
    cases = []
    for size in (0, 1, 63, 64, 65, 256, 1000):
        key = made(f"keystream {size}", 32)
        stream = Cipher(ChaCha20(key, bytes(16)), mode=None).encryptor().update(bytes(size))
        cases.append(dict(key=key, size=size, output=stream))
    write("keystream.json", "Keystream: ChaCha20, zero nonce, counter from 0", cases)


def salt():
    cases = []
    for i, (keys, contexts, plaintexts) in enumerate([(0, 0, []), (1, 1, [5]), (3, 2, [0, 300]), (3, 3, [16, 16, 4000])]):
        case = dict(random=made(f"salt {i}", 24), keys=[made(f"salt key {i} {n}", 32) for n in range(keys)],
                    contexts=[made(f"salt context {i} {n}", 32) for n in range(contexts)],
                    plaintexts=[made(f"salt text {i} {n}", size) for n, size in enumerate(plaintexts)])
        data = b"\x01" + prefixed(case["random"])
        for kind, name in ((b"\x02", "keys"), (b"\x03", "contexts"), (b"\x04", "plaintexts")):
            data += b"".join(kind + prefixed(piece) for piece in case[name])
        case["salt"] = blake2b(data, 32, "medseal.v1.salt.")[:24]
        cases.append(case)
    note = "SaltHedge: BLAKE2b-256, cut to 24 bytes, over kind, 8-byte length and bytes of each piece; random first"
    write("salt.json", note, cases)


def argon2id():
    cases = []
    for i, (memory_kib, passes, password) in enumerate([
            (19 * 1024, 2, b"p"), (19 * 1024, 10, "mot de passe é".encode()), (19 * 1024 + 1, 3, b"\x00with\x00nul\x00"),
            (64 * 1024, 3, b"correct horse battery staple"), (32 * 1024, 2, made("long password", 300))]):
        salt_bytes = made(f"argon2 {i}", 16)
        key = Argon2id(salt=salt_bytes, length=32, iterations=passes, lanes=1, memory_cost=memory_kib).derive(password)
        cases.append(dict(memory_kib=memory_kib, passes=passes, password=password, salt=salt_bytes, key=key))
    write("argon2id.json", "KeyFromPassword: Argon2id v1.3, one lane, 32 bytes", cases)


def x25519():
    cases = []
    for i in range(6):
        private = made(f"x25519 {i}", 32)
        public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
        cases.append(dict(private=private, public=public))
    write("x25519.json", "PublicKeyOf", cases)


def ed25519():
    cases = []
    for i, size in enumerate([0, 1, 32, 64, 128, 1023]):
        seed, message = made(f"ed25519 {i}", 32), made(f"message {i}", size)
        key = Ed25519PrivateKey.from_private_bytes(seed)
        cases.append(dict(seed=seed, verify_key=key.public_key().public_bytes_raw(), message=message,
                          signature=key.sign(message)))
    write("ed25519.json", "VerifyKeyOf, Sign", cases)


for make in (kdf, subkey, hashes, prf, slot_key, keystream, salt, argon2id, x25519, ed25519):
    make()
