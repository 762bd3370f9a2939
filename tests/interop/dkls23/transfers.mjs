// Base transfers, their extension and the multiplication, both sides each.
import { secp256k1_hasher } from '@noble/curves/secp256k1.js';
import {
  G, Point, bit, bytesItem, challenge, concat, digest, draw, encode, integerItem, mod, number, point, pointItem, scalar, sha256,
  tagged, times, uint, utf8, xor,
} from './hashes.mjs';

const base = 128, rows = 448, width = 3;
const range = count => Array.from({ length: count }, (_, k) => k);

export const label = (subject, sender, receiver) =>
  digest('transfer/label', bytesItem(subject), integerItem(sender), integerItem(receiver));

const hashToPoint = (name, index, b, other) => Point.fromAffine(secp256k1_hasher.hashToCurve(
  concat(name, uint(index, 2), Buffer.of(b), other),
  { DST: utf8('quorate/v1/transfer/point') }).toAffine());

const pad = (batch, index, b, key) => tagged('transfer/pad', batch, uint(index, 2), Buffer.of(b), key).subarray(0, 16);

const batchOf = (name, senderKey, keys) => digest('transfer/batch', bytesItem(name), pointItem(senderKey), bytesItem(keys));

export function baseReceiver(name, choices, random) {
  const others = range(base).map(() => point(times(G, draw(random))));
  const a = [], pairs = [];
  for (const i of range(base)) {
    const c = bit(choices, i);
    a.push(draw(random));
    const own = point(times(G, a[i]).subtract(hashToPoint(name, i, c, others[i])));
    pairs.push(c === 0 ? own : others[i], c === 0 ? others[i] : own);
  }
  const keys = concat(...pairs);
  return {
    keys,
    finish: senderKey => range(base).map(i =>
      pad(batchOf(name, senderKey, keys), i, bit(choices, i), point(times(senderKey, a[i])))),
  };
}

export function baseSender(name, random) {
  const y = draw(random);
  const key = times(G, y);
  return {
    key,
    finish(keys) {
      const batch = batchOf(name, key, keys);
      const encoded = range(2 * base).map(k => keys.subarray(33 * k, 33 * k + 33));
      const pads = range(2 * base).map(k => {
        const m = Point.fromBytes(encoded[k]).add(hashToPoint(name, k >> 1, k & 1, encoded[k ^ 1]));
        return pad(batch, k >> 1, k & 1, point(times(m, y)));
      });
      return [0, 1].map(b => pads.filter((_, k) => (k & 1) === b));
    },
  };
}

// The field of 2¹²⁸ elements: bit i of the number is the coefficient of xⁱ.
const element = bytes => number(Buffer.from(bytes).reverse());
function multiply(a, b) {
  let sum = 0n;
  for (let i = 127n; i >= 0n; i--) {
    sum <<= 1n;
    if (sum >> 128n) sum ^= (1n << 128n) | 0x87n;
    if ((b >> i) & 1n) sum ^= a;
  }
  return sum;
}

const columnsKey = (name, nonce) => digest('transfer/extension/columns', bytesItem(name), bytesItem(nonce));

const expand = (key, seed, column) =>
  concat(...range(3).map(k => sha256(key, seed, uint(column, 2), Buffer.of(k)))).subarray(0, 88);

function coefficientsOf(name, nonce, columns) {
  const seed = digest('transfer/extension/check', bytesItem(name), bytesItem(nonce), bytesItem(columns));
  return range(4).flatMap(i => {
    const hash = tagged('transfer/extension/check', seed, Buffer.of(i));
    return [element(hash.subarray(0, 16)), element(hash.subarray(16))];
  });
}

const checkColumn = (coefficients, column) => concat(...[0, 1].map(s => {
  let sum = element(column.subarray(56 + 16 * s, 72 + 16 * s));
  for (const k of range(4))
    sum ^= multiply(coefficients[4 * s + k], element(column.subarray(16 * k, Math.min(16 * k + 16, 56))));
  return Buffer.from(sum.toString(16).padStart(32, '0'), 'hex').reverse();
}));

const prove = (name, nonce, check, columnChecks) => digest(
  'transfer/extension/proof', bytesItem(name), bytesItem(nonce), bytesItem(check), bytesItem(concat(...columnChecks)));

const rowOf = (columns, j) => {
  const row = Buffer.alloc(16);
  columns.forEach((column, i) => { row[i >> 3] |= bit(column, j) << (i & 7); });
  return row;
};

const rowsKey = (name, session, receiverNonce, senderNonce) => digest(
  'transfer/extension/rows', bytesItem(name), bytesItem(session), bytesItem(receiverNonce), bytesItem(senderNonce));

const hashRow = (key, row, j) => range(width).map(k => scalar(sha256(key, row, uint(j, 2), Buffer.of(k))));

export function extensionReceiver(name, [pads0, pads1], random) {
  const choices = random(56), nonce = random(32);
  const x = concat(choices, random(32));
  const key = columnsKey(name, nonce);
  const t = pads0.map((seed, i) => expand(key, seed, i));
  const columns = concat(...t.map((column, i) => xor(xor(column, expand(key, pads1[i], i)), x)));
  const coefficients = coefficientsOf(name, nonce, columns);
  const check = checkColumn(coefficients, x);
  return {
    name, nonce, choice: j => bit(choices, j),
    message: concat(nonce, columns, check, prove(name, nonce, check, t.map(column => checkColumn(coefficients, column)))),
    pads: (rowKey, j) => hashRow(rowKey, rowOf(t, j), j),
  };
}

export function extensionSender(name, delta, chosen, message) {
  const nonce = message.subarray(0, 32), columns = message.subarray(32, 32 + 88 * base);
  const check = message.subarray(32 + 88 * base, 64 + 88 * base);
  const key = columnsKey(name, nonce);
  const coefficients = coefficientsOf(name, nonce, columns);
  const q = chosen.map((seed, i) => {
    const column = expand(key, seed, i);
    return bit(delta, i) ? xor(column, columns.subarray(88 * i, 88 * i + 88)) : column;
  });
  const checks = q.map((column, i) => {
    const hash = checkColumn(coefficients, column);
    return bit(delta, i) ? xor(hash, check) : hash;
  });
  if (!prove(name, nonce, check, checks).equals(message.subarray(64 + 88 * base)))
    throw new Error('the check of the extension fails');
  return {
    name, nonce,
    pads: (rowKey, j) => [hashRow(rowKey, rowOf(q, j), j), hashRow(rowKey, xor(rowOf(q, j), delta), j)],
  };
}

const gadget = range(rows).map(j => challenge('dkls23/gadget', integerItem(j)));

const thetas = (key, masked) => {
  const seed = digest('dkls23/multiplication/check', bytesItem(key), bytesItem(masked));
  return [0, 1].map(k => challenge('dkls23/multiplication/check', bytesItem(seed), integerItem(k)));
};

const combine = (theta, row) => mod(row[2] + theta[0] * row[0] + theta[1] * row[1]);

/** b, the receiver's factor. */
export const factorOf = extension => mod(range(rows).reduce((sum, j) => (extension.choice(j) ? sum + gadget[j] : sum), 0n));

export function multiplySender(extension, session, inputs, random) {
  const nonce = random(32);
  const key = rowsKey(extension.name, session, extension.nonce, nonce);
  const input = [...inputs, draw(random)];
  const pads = range(rows).map(j => extension.pads(key, j));
  const masked = concat(...pads.flatMap(([zero, one]) => input.map((a, k) => encode(zero[k] - one[k] + a))));
  const theta = thetas(key, masked);
  const vector = concat(...pads.map(([zero]) => encode(combine(theta, zero))));
  const share = k => mod(-pads.reduce((sum, [zero], j) => sum + gadget[j] * zero[k], 0n));
  return {
    message: concat(nonce, masked, encode(combine(theta, input)), tagged('dkls23/multiplication/proof', key, vector)),
    u: share(0), v: share(1),
  };
}

export function multiplyReceiver(extension, session, message) {
  const nonce = message.subarray(0, 32), masked = message.subarray(32, 32 + rows * width * 32);
  const eta = scalar(message.subarray(32 + masked.length, 64 + masked.length));
  const key = rowsKey(extension.name, session, extension.nonce, nonce);
  const theta = thetas(key, masked);
  let [u, v] = [0n, 0n];
  const vector = concat(...range(rows).map(j => {
    const chosen = BigInt(extension.choice(j));
    const row = extension.pads(key, j).map((p, k) => mod(p + chosen * scalar(masked.subarray(32 * (width * j + k), 32 * (width * j + k + 1)))));
    u += gadget[j] * row[0];
    v += gadget[j] * row[1];
    return encode(combine(theta, row) - chosen * eta);
  }));
  if (!tagged('dkls23/multiplication/proof', key, vector).equals(message.subarray(64 + masked.length)))
    throw new Error('the check of the multiplication fails');
  return { u: mod(u), v: mod(v) };
}
