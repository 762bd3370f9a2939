// The hashes of docs/spec/dkls23.md and docs/spec/sessions.md, the streams of docs/spec/dkls23-vectors.md, and the numbers.
import '../webcrypto.mjs';
import { createCipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';

export const Point = secp256k1.Point;
export const order = Point.Fn.ORDER;
export const G = Point.BASE;

export const concat = (...parts) => Buffer.concat(parts);
export const utf8 = text => Buffer.from(text, 'utf8');
export const number = bytes => BigInt('0x' + (Buffer.from(bytes).toString('hex') || '0'));
export const mod = x => ((x % order) + order) % order;
export const scalar = bytes => mod(number(bytes));
export const encode = x => Buffer.from(mod(x).toString(16).padStart(64, '0'), 'hex');
export const point = P => Buffer.from(P.toBytes(true));
export const times = (P, k) => (mod(k) === 0n ? Point.ZERO : P.multiply(mod(k)));
export const invert = x => Point.Fn.inv(mod(x));

export function uint(value, size) {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, Math.max(0, size - 6), Math.min(size, 6));
  return bytes;
}

export const xor = (a, b) => Buffer.from(a.map((value, k) => value ^ b[k]));
export const bit = (bytes, i) => (bytes[i >> 3] >> (i & 7)) & 1;

export const sha256 = (...parts) => createHash('sha256').update(concat(...parts)).digest();
const sha512 = bytes => createHash('sha512').update(bytes).digest();

/** H(tag; parts): BIP 340's tagged hash. */
export const tagged = (tag, ...parts) => {
  const t = sha256(utf8(`quorate/v1/${tag}`));
  return sha256(t, t, ...parts);
};

// The items of a transcript: a type, the length in eight bytes, the bytes.
const item = (type, bytes) => concat(Buffer.of(type), uint(bytes.length, 8), bytes);
export const bytesItem = bytes => item(1, Buffer.from(bytes));
export const integerItem = value => item(2, uint(value, 8));
export const textItem = text => item(3, utf8(text));
export const pointItem = P => item(4, concat(utf8('secp256k1\0'), point(P)));
export const listItem = count => item(6, uint(count, 8));

const transcript = (tag, kind, items) => {
  const t = sha512(utf8(`quorate/v1/${tag}`));
  return sha512(concat(t, t, ...items, item(255, utf8(kind))));
};

/** T(tag; items) as 32 bytes. */
export const digest = (tag, ...items) => transcript(tag, 'digest', items).subarray(0, 32);

/** T(tag; items) as a scalar. */
export const challenge = (tag, ...items) => scalar(transcript(tag, 'challenge', items));

export const hkdf = (input, salt, info, length) => Buffer.from(hkdfSync('sha512', input, salt, utf8(`quorate/v1/${info}`), length));

/** One party's randomness: AES-256 in counter mode from zero, under SHA-256 of the seed in eight bytes and the label. */
export function seededStream({ seed, label }) {
  const cipher = createCipheriv('aes-256-ctr', sha256(uint(seed, 8), utf8(label)), Buffer.alloc(16));
  return length => cipher.update(Buffer.alloc(length));
}

/** The randomness of a set-up or a signing session: every draw begins with a new block of HMAC-SHA-512. */
export function hedgedStream(random, context, share) {
  const key = hkdf(concat(random(32), encode(share)), context, 'dkls23/randomness', 64);
  let counter = 0;
  return length => {
    const blocks = [];
    for (let got = 0; got < length; got += 64)
      blocks.push(createHmac('sha512', key).update(uint(counter++, 8)).digest());
    return concat(...blocks).subarray(0, length);
  };
}

/** A secret scalar: 48 bytes modulo the order. */
export const draw = random => scalar(random(48));
