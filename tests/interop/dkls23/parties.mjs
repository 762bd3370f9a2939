// Key generation, signing and presigning with every party honest, from their streams of randomness.
import { createHmac } from 'node:crypto';
import {
  G, Point, bytesItem, challenge, concat, digest, draw, encode, hedgedStream, hkdf, integerItem, invert, listItem, mod, number, order,
  point, pointItem, scalar, seededStream, tagged, textItem, times, uint,
} from './hashes.mjs';
import {
  baseReceiver, baseSender, extensionReceiver, extensionSender, factorOf, label, multiplyReceiver, multiplySender,
} from './transfers.mjs';

const sum = values => values.reduce((a, b) => a + b, 0n);
const sumOfPoints = points => points.reduce((a, b) => a.add(b), Point.ZERO);
const polynomialAt = (coefficients, x) => mod(coefficients.reduceRight((value, c) => value * BigInt(x) + c, 0n));

/** What every session has: its context, and the frames that were said. */
class Session {
  said = [];

  constructor(name, id, parties, agreed = []) {
    this.parties = parties;
    this.context = digest(
      'session/context', textItem(name), bytesItem(id), listItem(parties.length), ...parties.map(integerItem),
      listItem(agreed.length), ...agreed.map(bytesItem));
  }

  others(i) { return this.parties.filter(j => j !== i); }

  frame(round, echo, digests, payload) {
    return concat(Buffer.of(1), this.context, Buffer.of(round, echo ? 1 : 0), uint(digests.length, 2), ...digests, payload);
  }

  /** The digests under which everybody confirms a broadcast. */
  digests(round, payloads) {
    return this.parties.map(i =>
      digest('session/broadcast', bytesItem(this.context), integerItem(round), integerItem(i), bytesItem(payloads.get(i))));
  }

  /** payloads: from → bytes, to all others. */
  broadcast(round, payloads, confirms = []) {
    for (const [from, payload] of payloads)
      for (const to of this.others(from)) this.said.push({ round, echo: false, from, to, bytes: this.frame(round, false, confirms, payload) });
  }

  echo(round, payloads) {
    for (const from of this.parties)
      for (const to of this.others(from))
        this.said.push({ round, echo: true, from, to, bytes: this.frame(round, true, this.digests(round, payloads), Buffer.alloc(0)) });
  }

  /** payload(from, to) to each. */
  direct(round, payload, confirms = []) {
    for (const from of this.parties)
      for (const to of this.others(from))
        this.said.push({ round, echo: false, from, to, bytes: this.frame(round, false, confirms, payload(from, to)) });
  }
}

const commit = (context, committer, salt, value) =>
  digest('commitment/value', bytesItem(context), integerItem(committer), bytesItem(salt), bytesItem(value));

function prove(tag, context, prover, x, random) {
  const X = times(G, x);
  const statement = digest(tag, bytesItem(context), integerItem(prover), pointItem(X));
  const k = scalar(hkdf(concat(random(32), encode(x)), statement, 'proof/schnorr-nonce', 64));
  const R = times(G, k);
  const e = challenge(tag, bytesItem(context), integerItem(prover), pointItem(X), pointItem(R));
  return concat(point(R), encode(k + e * x));
}

/** The stored form of a key's public side. */
const packageOf = key => concat(
  Buffer.of(1, 4, 1), uint(0, 8), uint(key.threshold, 2), uint(key.parties.length, 2), ...key.parties.map(i => uint(i, 2)),
  key.chainCode, point(key.groupKey), uint(key.parties.length, 2), ...key.parties.map(i => point(key.verifyingShares.get(i))));

const trialOf = id => digest('dkls23/trial', bytesItem(id));

const packageDigest = key => digest('key/package', bytesItem(packageOf(key)));

export function keygen(threshold, parties, id, streams) {
  const session = new Session(`dkls23-keygen/1/${threshold}`, id, parties);
  const each = make => new Map(parties.map(i => [i, make(i)]));
  const random = each(i => seededStream(streams.get(i)));

  const mine = each(i => {
    const f = Array.from({ length: threshold }, () => draw(random.get(i)));
    const content = concat(uint(threshold, 2), ...f.map(c => point(times(G, c))), random.get(i)(32));
    return { f, content, salt: random.get(i)(32) };
  });
  const commitments = each(i => commit(session.context, i, mine.get(i).salt, mine.get(i).content));
  session.broadcast(1, commitments);
  session.echo(1, commitments);
  const openings = each(i => concat(mine.get(i).content, mine.get(i).salt));
  session.broadcast(2, openings);
  session.echo(2, openings);

  const setupId = digest(
    'dkls23/setup', bytesItem(session.context), listItem(parties.length),
    ...parties.flatMap(i => [integerItem(i), bytesItem(mine.get(i).content.subarray(-32)), listItem(threshold), ...mine.get(i).f.map(c => pointItem(times(G, c)))]));
  const hedged = each(i => hedgedStream(random.get(i), setupId, mine.get(i).f[0]));
  const pairs = each(i => new Map(session.others(i).map(j => {
    const delta = hedged.get(i)(16), half = hedged.get(i)(32);
    const receiver = baseReceiver(label(setupId, j, i), delta, hedged.get(i));
    return [j, { delta, half, receiver, sender: baseSender(label(setupId, i, j), hedged.get(i)) }];
  })));
  const proofs = each(i => prove('dkls23/setup', setupId, i, mine.get(i).f[0], random.get(i)));
  session.direct(3, (i, j) => {
    const { half, sender, receiver } = pairs.get(i).get(j);
    return concat(proofs.get(i), encode(polynomialAt(mine.get(i).f, j)), half, point(sender.key), receiver.keys);
  });

  for (const i of parties)
    for (const [j, pair] of pairs.get(i)) {
      const theirs = pairs.get(j).get(i);
      const [low, high] = i < j ? [pair.half, theirs.half] : [theirs.half, pair.half];
      pair.zeroSeed = tagged('zero-share/seed', uint(Math.min(i, j), 2), uint(Math.max(i, j), 2), setupId, low, high);
      pair.chosen = pair.receiver.finish(theirs.sender.key);
      pair.pads = pair.sender.finish(theirs.receiver.keys);
    }
  const shares = each(i => mod(sum(parties.map(j => polynomialAt(mine.get(j).f, i)))));
  const key = {
    threshold, parties, setupId, shares, pairs,
    chainCode: digest('dkls23/chain-code', bytesItem(setupId)),
    groupKey: sumOfPoints(parties.map(i => times(G, mine.get(i).f[0]))),
    verifyingShares: each(i => times(G, shares.get(i))),
  };

  const held = each(i => prove('key/share-held', packageDigest(key), i, shares.get(i), random.get(i)));
  session.direct(4, (i, j) => {
    const { pads, zeroSeed } = pairs.get(i).get(j);
    const trial = extensionReceiver(label(trialOf(setupId), j, i), pads, hedged.get(i));
    return concat(held.get(i), trial.message, tagged('zero-share/confirmation', zeroSeed, uint(i, 2)));
  });
  return { session, key };
}

/** A non-hardened child: shares, verifying shares and key all grow by the tweaks. */
export function derive(key, path) {
  let child = key;
  for (const index of path.split('/').slice(1).map(Number)) {
    const hash = createHmac('sha512', child.chainCode).update(concat(point(child.groupKey), uint(index, 4))).digest();
    const tweak = number(hash.subarray(0, 32));
    const shift = times(G, tweak);
    child = {
      ...child,
      chainCode: hash.subarray(32),
      groupKey: child.groupKey.add(shift),
      shares: new Map([...child.shares].map(([i, s]) => [i, mod(s + tweak)])),
      verifyingShares: new Map([...child.verifyingShares].map(([i, Y]) => [i, Y.add(shift)])),
    };
  }
  return child;
}

const lagrange = (i, quorum) => mod(quorum.filter(j => j !== i).reduce(
  (product, j) => mod(product * BigInt(j)) * invert(BigInt(j) - BigInt(i)), 1n));

const zeroShare = (i, others, pairs, session) => mod(sum(others.map(j => {
  const { zeroSeed } = pairs.get(i).get(j);
  const term = scalar(concat(...[0, 1].map(k => tagged('zero-share/share', zeroSeed, session, Buffer.of(k)))));
  return i < j ? term : -term;
})));

/** The two rounds that signing and presigning have in common: R, and of each party φ, u and v. */
function prepare(name, key, quorum, id, agreed, streams) {
  const session = new Session(name, id, quorum, [packageDigest(key), key.setupId, ...agreed]);
  const each = make => new Map(quorum.map(i => [i, make(i)]));
  const random = each(i => hedgedStream(seededStream(streams.get(i)), session.context, key.shares.get(i)));

  const mine = each(i => {
    const r = draw(random.get(i)), phi = draw(random.get(i));
    const salt = random.get(i)(32), R = times(G, r);
    const receivers = new Map(session.others(i).map(j =>
      [j, extensionReceiver(label(session.context, j, i), key.pairs.get(i).get(j).pads, random.get(i))]));
    return { r, phi, R, salt, receivers, commitment: commit(session.context, i, salt, point(R)) };
  });
  const commitments = each(i => mine.get(i).commitment);
  session.broadcast(1, commitments);
  session.direct(2, (i, j) => mine.get(i).receivers.get(j).message);

  const final = digest(
    'dkls23/sign', bytesItem(session.context), listItem(quorum.length),
    ...quorum.flatMap(i => [integerItem(i), bytesItem(commitments.get(i))]));
  for (const i of quorum) {
    const me = mine.get(i);
    me.sk = mod(lagrange(i, quorum) * key.shares.get(i) + zeroShare(i, session.others(i), key.pairs, final));
    me.c = new Map(session.others(i).map(j => {
      const { delta, chosen } = key.pairs.get(i).get(j);
      const extension = extensionSender(label(session.context, i, j), delta, chosen, mine.get(j).receivers.get(i).message);
      return [j, multiplySender(extension, final, [me.r, me.sk], random.get(i))];
    }));
    me.psi = new Map(session.others(i).map(j => [j, mod(me.phi - factorOf(me.receivers.get(j)))]));
  }
  session.direct(3, (i, j) => {
    const { R, sk, c, salt, psi } = mine.get(i);
    return concat(
      point(R), point(times(G, sk)), point(times(G, c.get(j).u)), point(times(G, c.get(j).v)), salt, encode(psi.get(j)), c.get(j).message);
  }, session.digests(1, commitments));

  const nonces = each(i => {
    const { r, phi, sk, c, receivers } = mine.get(i);
    const others = session.others(i);
    const d = others.map(j => multiplyReceiver(receivers.get(j), final, mine.get(j).c.get(i).message));
    const mask = phi + sum(others.map(j => mine.get(j).psi.get(i)));
    const u = r * mask + sum(others.map(j => c.get(j).u)) + sum(d.map(p => p.u));
    const v = sk * mask + sum(others.map(j => c.get(j).v)) + sum(d.map(p => p.v));
    return { phi, u: mod(u), v: mod(v) };
  });
  return { session, id: final, R: sumOfPoints(quorum.map(i => mine.get(i).R)), nonces };
}

/** The last round, numbered so, and what comes of it. */
function finish(session, round, R, nonces, hash) {
  const { x, y } = R.toAffine();
  const shares = new Map([...nonces].map(([i, { phi, u, v }]) => [i, { w: mod(number(hash) * phi + x * v), u }]));
  session.broadcast(round, new Map([...shares].map(([i, { w, u }]) => [i, concat(encode(w), encode(u))])));

  const s = mod(sum([...shares.values()].map(share => share.w)) * invert(sum([...shares.values()].map(share => share.u))));
  const isHigh = s > order / 2n;
  return {
    session,
    signature: concat(encode(x), encode(isHigh ? -s : s)),
    recoveryId: Number((y & 1n) ^ (isHigh ? 1n : 0n)) + (x >= order ? 2 : 0),
  };
}

export function sign(key, quorum, id, hash, streams) {
  const { session, R, nonces } = prepare('dkls23-sign/1', key, quorum, id, [hash], streams);
  return finish(session, 4, R, nonces, hash);
}

export const presign = (key, quorum, id, streams) => prepare('dkls23-presign/1', key, quorum, id, [], streams);

/** Uses a presignature of the key for the descendant along the path, under the nonce that δ shifts. */
export function online(key, presignature, quorum, path, id, hash) {
  const child = derive(key, path);
  const tweak = mod(child.shares.get(quorum[0]) - key.shares.get(quorum[0]));
  const session = new Session('dkls23-online/1', id, quorum, [
    packageDigest(key), presignature.id, point(presignature.R), encode(tweak), point(child.groupKey), hash]);
  const delta = challenge('dkls23/rerandomization', bytesItem(session.context));
  const nonces = new Map([...presignature.nonces].map(
    ([i, { phi, u, v }]) => [i, { phi, u: mod(u + delta * phi), v: mod(v + tweak * phi) }]));
  return { child, ...finish(session, 1, presignature.R.add(times(G, delta)), nonces, hash) };
}
