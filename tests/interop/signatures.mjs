// ECDSA and BIP 340 over secp256k1, Ed25519.
import './webcrypto.mjs';
import { ed25519 } from '@noble/curves/ed25519.js';
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { accepts, bytesOf, hexOf, optionalBytesOf, signedOf } from './bytes.mjs';

// The digest is given, so nothing is hashed here; "compact" is r ‖ s.
const ecdsa = { prehash: false, format: 'compact' };

export const signatureOperations = {
  'ecdsa.publicKey': q => hexOf(secp256k1.getPublicKey(bytesOf(q, 'secretKey'), q.compressed !== false)),

  // RFC 6979, low s.
  'ecdsa.sign': q => hexOf(secp256k1.sign(bytesOf(q, 'digest'), bytesOf(q, 'secretKey'), { ...ecdsa, lowS: true })),

  'ecdsa.verify': q => {
    const [signature, digest, publicKey] = signedOf(q, 'digest');
    return accepts(() => secp256k1.verify(signature, digest, publicKey, { ...ecdsa, lowS: q.lowS === true }));
  },

  // The recovery id, 0 to 3, is the first byte here as in the library.
  'ecdsa.recover': q => {
    const signature = Uint8Array.of(q.recovery, ...bytesOf(q, 'signature'));
    return hexOf(secp256k1.recoverPublicKey(signature, bytesOf(q, 'digest'), { prehash: false }));
  },

  'schnorr.publicKey': q => hexOf(schnorr.getPublicKey(bytesOf(q, 'secretKey'))),

  'schnorr.sign': q =>
    hexOf(schnorr.sign(bytesOf(q, 'message'), bytesOf(q, 'secretKey'), optionalBytesOf(q, 'aux') ?? new Uint8Array(32))),

  'schnorr.verify': q => {
    const [signature, message, publicKey] = signedOf(q, 'message');
    return accepts(() => schnorr.verify(signature, message, publicKey));
  },

  'ed25519.publicKey': q => hexOf(ed25519.getPublicKey(bytesOf(q, 'secretKey'))),

  'ed25519.sign': q => hexOf(ed25519.sign(bytesOf(q, 'message'), bytesOf(q, 'secretKey'))),

  // zip215 false: canonical encodings only, as RFC 8032 decodes. Both rules are cofactored in this library.
  'ed25519.verify': q => {
    const [signature, message, publicKey] = signedOf(q, 'message');
    return accepts(() => ed25519.verify(signature, message, publicKey, { zip215: q.zip215 === true }));
  },
};
