// Which public keys there are, which of them bind their holder, and whether a signature counts.
// WebCrypto verifies; here is decided only what it does not look at: the pinned form of a
// key, points outside of the prime-order group, and the high half of P-256 signatures.

import { Malformed, fromHex, sha256Hex, toHex } from "./bytes.js";

const ED25519_HEAD = "302a300506032b6570032100";
const P256_HEAD = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** A public key in a form or of a kind that may not be enrolled. */
class WeakKey extends Malformed {}

/** Return {id, verify(signature, message)} of a DER SubjectPublicKeyInfo; verify gives a boolean. */
export async function readPublicKey(spki) {
  const id = await sha256Hex(spki);
  const text = toHex(spki);
  if (spki.length === 44 && text.startsWith(ED25519_HEAD)) {
    return { id, verify: await ed25519Verifier(spki.subarray(12)), raw: spki.subarray(12) };
  }
  if (spki.length === 91 && text.startsWith(P256_HEAD)) {
    return { id, verify: await p256Verifier(spki), raw: null };
  }
  throw new Malformed("no public key in one of the two pinned forms", "公钥不符合两种规定形式之一");
}

/** Return the note key's verifier: the same check, of 32 raw bytes. */
export async function ed25519Verifier(raw) {
  if (!isPrimeOrderPoint(raw)) {
    throw new WeakKey("a weak Ed25519 key: no point of prime order", "弱 Ed25519 密钥：不是素数阶点");
  }
  const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
  return async (signature, message) =>
    signature.length === 64 && crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
}

async function p256Verifier(spki) {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  let key;
  try {
    key = await crypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]);
  } catch {
    throw new WeakKey("a P-256 key whose point is not on the curve", "P-256 公钥的点不在曲线上");
  }
  return async (signature, message) => {
    if (signature.length !== 64) return false;
    const [r, s] = [signature.subarray(0, 32), signature.subarray(32)].map((half) => BigInt(`0x${toHex(half)}`));
    if (r < 1n || r >= P256_ORDER || s < 1n || s > (P256_ORDER - 1n) / 2n) return false;
    return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, message);
  };
}

/** Whether this browser has all that is needed: it must accept one signature and refuse another. */
export async function canVerify() {
  try {
    const key = fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", 32);
    const signature = fromHex(
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b", 64);
    const verify = await ed25519Verifier(key); // RFC 8032, 7.1, TEST 1: the empty message
    const [right, wrong] = [await verify(signature, new Uint8Array(0)), await verify(signature, new Uint8Array(1))];
    const curve = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    return right && !wrong && curve.publicKey.type === "public";
  } catch {
    return false;
  }
}

// Edwards25519 (RFC 8032, 5.1), only to ask whether L times a point is the neutral one.

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * power(121666n, P - 2n));

function isPrimeOrderPoint(raw) {
  let y = BigInt(`0x${toHex(Uint8Array.from(raw).reverse())}`);
  const sign = y >> 255n;
  y &= (1n << 255n) - 1n;
  if (y >= P) return false;
  const x = xOf(y, sign);
  if (x === null) return false;
  const point = [x, y, 1n, mod(x * y)];
  return !isNeutral(point) && isNeutral(times(L, point));
}

function xOf(y, sign) {
  const square = mod((y * y - 1n) * power(mod(D * y * y + 1n), P - 2n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x - square) !== 0n) x = mod(x * power(2n, (P - 1n) / 4n));
  if (mod(x * x - square) !== 0n || (x === 0n && sign === 1n)) return null;
  return (x & 1n) === sign ? x : mod(-x);
}

function times(factor, point) {
  let sum = [0n, 1n, 1n, 0n];
  for (let bit = 252n; bit >= 0n; bit--) {
    sum = add(sum, sum);
    if ((factor >> bit) & 1n) sum = add(sum, point);
  }
  return sum;
}

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2));
  const b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * t1 * D * t2);
  const d = mod(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function isNeutral([x, y, z]) {
  return mod(x) === 0n && mod(y - z) === 0n;
}

function mod(value) {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base, exponent) {
  let [result, square] = [1n, mod(base)];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}
