// FROST as a peer: a request per step of key generation and signing, for one participant. What a participant keeps to
// itself between two steps (the polynomial, the nonces) stays in this process under a handle and is used once.
import './webcrypto.mjs';
import { ed25519_FROST } from '@noble/curves/ed25519.js';
import { schnorr_FROST, secp256k1_FROST } from '@noble/curves/secp256k1.js';
import { accepts, bytesOf, hexOf, signedOf } from './bytes.mjs';

const suites = { secp256k1: secp256k1_FROST, taproot: schnorr_FROST, ed25519: ed25519_FROST };

const kept = new Map();
let handles = 0;

function keep(value) {
  kept.set(++handles, value);
  return handles;
}

function recall(request) {
  if (!kept.has(request.handle)) throw new RangeError(`no state under handle ${request.handle}`);
  return kept.get(request.handle);
}

function suiteOf(request) {
  if (!Object.hasOwn(suites, request.suite)) throw new RangeError(`unknown suite "${request.suite}"`);
  return suites[request.suite];
}

const signersOf = q => ({ min: q.threshold, max: q.parties });

// Participants are numbers on the wire; the library wants the number as an encoded scalar.
const toId = (suite, number) => suite.Identifier.fromNumber(number);
const toNumber = (q, id) => {
  const bytes = Buffer.from(id, 'hex');
  return Number(BigInt('0x' + (q.suite === 'ed25519' ? bytes.reverse() : bytes).toString('hex')));
};

const toRound1 = (suite, m) => ({
  identifier: toId(suite, m.from),
  commitment: m.commitment.map((_, k) => bytesOf(m.commitment, k)),
  proofOfKnowledge: bytesOf(m, 'proof'),
});

const toCommitments = (suite, list) =>
  list.map(c => ({ identifier: toId(suite, c.from), hiding: bytesOf(c, 'hiding'), binding: bytesOf(c, 'binding') }));

const toPublic = (suite, p) => ({
  signers: signersOf(p),
  commitments: p.commitments.map((_, k) => bytesOf(p.commitments, k)),
  verifyingShares: Object.fromEntries(
    p.verifyingShares.map(v => [toId(suite, v.party), bytesOf(v, 'point')])),
});

const fromPublic = (q, p) => ({
  threshold: p.signers.min,
  parties: p.signers.max,
  commitments: p.commitments.map(hexOf),
  verifyingShares: Object.entries(p.verifyingShares).map(([id, point]) => ({ party: toNumber(q, id), point: hexOf(point) })),
});

const toShare = (suite, q) => ({ identifier: toId(suite, q.party), signingShare: bytesOf(q, 'share') });

const steps = {
  'frost.dkg.round1': (suite, q) => {
    const { public: sent, secret } = suite.DKG.round1(toId(suite, q.party), signersOf(q));
    return { handle: keep(secret), commitment: sent.commitment.map(hexOf), proof: hexOf(sent.proofOfKnowledge) };
  },

  'frost.dkg.round2': (suite, q) => {
    const shares = suite.DKG.round2(recall(q), q.received.map(m => toRound1(suite, m)));
    return Object.entries(shares).map(([id, m]) => ({ to: toNumber(q, id), share: hexOf(m.signingShare) }));
  },

  'frost.dkg.round3': (suite, q) => {
    const key = suite.DKG.round3(
      recall(q),
      q.received.map(m => toRound1(suite, m)),
      q.shares.map(m => ({ identifier: toId(suite, m.from), signingShare: bytesOf(m, 'share') })));
    kept.delete(q.handle);
    return { share: hexOf(key.secret.signingShare), public: fromPublic(q, key.public) };
  },

  'frost.deal': (suite, q) => {
    const ids = Array.from({ length: q.parties }, (_, k) => toId(suite, k + 1));
    const dealt = suite.trustedDealer(signersOf(q), ids, q.secret === undefined ? undefined : bytesOf(q, 'secret'));
    return {
      shares: Object.entries(dealt.secretShares).map(([id, s]) => ({ party: toNumber(q, id), share: hexOf(s.signingShare) })),
      public: fromPublic(q, dealt.public),
    };
  },

  'frost.commit': (suite, q) => {
    const { nonces, commitments } = suite.commit(toShare(suite, q));
    return { handle: keep(nonces), hiding: hexOf(commitments.hiding), binding: hexOf(commitments.binding) };
  },

  'frost.sign': (suite, q) => {
    const nonces = recall(q);
    kept.delete(q.handle);
    return hexOf(suite.signShare(
      toShare(suite, q), toPublic(suite, q.public), nonces, toCommitments(suite, q.commitments), bytesOf(q, 'message')));
  },

  'frost.verifyShare': (suite, q) => {
    const [pub, commitments] = [toPublic(suite, q.public), toCommitments(suite, q.commitments)];
    const [message, share] = [bytesOf(q, 'message'), bytesOf(q, 'share')];
    return accepts(() => suite.verifyShare(pub, commitments, message, toId(suite, q.party), share));
  },

  'frost.aggregate': (suite, q) => hexOf(suite.aggregate(
    toPublic(suite, q.public), toCommitments(suite, q.commitments), bytesOf(q, 'message'),
    Object.fromEntries(q.shares.map(s => [toId(suite, s.from), bytesOf(s, 'share')])))),

  'frost.verify': (suite, q) => {
    const [signature, message, publicKey] = signedOf(q, 'message');
    return accepts(() => suite.verify(signature, message, publicKey));
  },

  'frost.combine': (suite, q) => hexOf(suite.combineSecret(
    q.shares.map(s => ({ identifier: toId(suite, s.party), signingShare: bytesOf(s, 'share') })), signersOf(q))),
};

export const frostOperations = Object.fromEntries(
  Object.entries(steps).map(([name, step]) => [name, request => step(suiteOf(request), request)]));
