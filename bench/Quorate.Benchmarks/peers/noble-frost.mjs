// The FROST of @noble/curves as a benchmark peer: one party's work in each phase, measured inside this process.
//   node noble-frost.mjs [--suite secp256k1|taproot|ed25519] [--threshold 2] [--parties 3] [--seconds 1]
// prints one JSON line per phase: {"peer":…,"phase":"dkg","unit":"ms","median":…,"lowest":…,"samples":…}
// Phases: dkg (a party's three steps), round1 (commit), round2 (sign), aggregate (the sum and its verification), verify.
import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

globalThis.crypto ??= webcrypto;
const installed = new URL('../../../tests/interop/node_modules/@noble/curves/', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', installed), 'utf8'));
const library = file => import(new URL(file, installed));

const { values: options } = parseArgs({
  options: {
    suite: { type: 'string', default: 'secp256k1' },
    threshold: { type: 'string', default: '2' },
    parties: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '1' },
  },
});
const suites = {
  secp256k1: async () => (await library('secp256k1.js')).secp256k1_FROST,
  taproot: async () => (await library('secp256k1.js')).schnorr_FROST,
  ed25519: async () => (await library('ed25519.js')).ed25519_FROST,
};
if (!Object.hasOwn(suites, options.suite)) throw new RangeError(`unknown suite "${options.suite}"`);
const frost = await suites[options.suite]();
const [threshold, parties, seconds] = [options.threshold, options.parties, options.seconds].map(Number);
const signers = { min: threshold, max: parties };
const ids = Array.from({ length: parties }, (_, k) => frost.Identifier.fromNumber(k + 1));
const message = new Uint8Array(32).fill(7);

/** Milliseconds of processor time, which other work on the machine does not lengthen. */
function now() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The milliseconds one piece of work takes, and what it returns. */
function timed(work) {
  const begun = now();
  const result = work();
  return { took: now() - begun, result };
}

/** Samples once(), which returns milliseconds: a third of the time to warm up, then all of it, then one line. */
function measure(phase, once) {
  for (const until = performance.now() + 333 * seconds; performance.now() < until;) once();
  const samples = [];
  for (const until = performance.now() + 1000 * seconds; performance.now() < until || samples.length < 5;)
    samples.push(once());
  samples.sort((a, b) => a - b);
  console.log(JSON.stringify({
    peer: `@noble/curves ${version}`, runtime: `node ${process.version}`, suite: options.suite, threshold, parties,
    phase, unit: 'ms', median: samples[samples.length >> 1], lowest: samples[0], samples: samples.length,
  }));
}

// The first party's three steps. What the others do in between is not its work and not in its time.
function generateKey() {
  const others = ids.slice(1).map(id => frost.DKG.round1(id, signers));
  const received = others.map(o => o.public);
  const first = timed(() => frost.DKG.round1(ids[0], signers));
  const second = timed(() => frost.DKG.round2(first.result.secret, received));
  const shares = others.map(o => {
    const publics = [first.result, ...others].filter(p => p !== o).map(p => p.public);
    return frost.DKG.round2(o.secret, publics)[ids[0]];
  });
  const third = timed(() => frost.DKG.round3(first.result.secret, received, shares));
  return first.took + second.took + third.took;
}

const { public: key, secretShares } = frost.trustedDealer(signers, ids);
const quorum = ids.slice(0, threshold);
const commit = () => quorum.map(id => frost.commit(secretShares[id]));
const sign = (signer, commitments) =>
  frost.signShare(secretShares[signer.commitments.identifier], key, signer.nonces, commitments, message);

measure('dkg', generateKey);
measure('round1', () => timed(() => frost.commit(secretShares[ids[0]])).took);
measure('round2', () => {
  const round1 = commit();
  const commitments = round1.map(r => r.commitments);
  return timed(() => sign(round1[0], commitments)).took;
});

const round1 = commit();
const commitments = round1.map(r => r.commitments);
const shares = Object.fromEntries(round1.map(r => [r.commitments.identifier, sign(r, commitments)]));
const signature = frost.aggregate(key, commitments, message, shares);
measure('aggregate', () => timed(() => frost.aggregate(key, commitments, message, shares)).took);
measure('verify', () => timed(() => frost.verify(signature, message, key.commitments[0])).took);
