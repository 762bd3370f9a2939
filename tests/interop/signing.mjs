// What a caller of the API signs: requests (RFC 9421, docs/authentication.md) and approvals (docs/spec/intents.md).
import { createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';

/**
 * An Ed25519 private key of its 32 bytes.
 * @param {Buffer} seed
 */
export const ed25519 = (seed) =>
  createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8' });

/**
 * Content-Digest (RFC 9530) of the content as it is sent.
 * @param {Buffer} content
 */
export const contentDigest = (content) => `sha-256=:${createHash('sha256').update(content).digest('base64')}:`;

/**
 * The headers Signature-Input and Signature over components and their values, in their order.
 * @param {Record<string, string>} covered
 * @param {string} keyId key_…
 * @param {import('node:crypto').KeyObject} key
 */
export function signature(covered, keyId, key) {
  const names = Object.keys(covered).map((name) => `"${name}"`).join(' ');
  const input = `(${names});created=${Math.floor(Date.now() / 1000)};keyid="${keyId}";nonce="${randomBytes(16).toString('hex')}";alg="ed25519"`;
  const base = [...Object.entries(covered).map(([name, value]) => `"${name}": ${value}`), `"@signature-params": ${input}`].join('\n');
  return { 'signature-input': `sig=${input}`, signature: `sig=:${sign(null, Buffer.from(base), key).toString('base64')}:` };
}

/**
 * One item of a transcript: its type, its length in eight bytes, its bytes.
 * @param {number} type
 * @param {Buffer} bytes
 */
function item(type, bytes) {
  const head = Buffer.alloc(9);
  head.writeUInt8(type);
  head.writeBigUInt64BE(BigInt(bytes.length), 1);
  return Buffer.concat([head, bytes]);
}

/**
 * A member's approval of what has this hash, in hexadecimal, with a device's key.
 * @param {string} hash
 * @param {string} member
 * @param {string} device
 * @param {import('node:crypto').KeyObject} key
 */
export function approval(hash, member, device, key) {
  const tag = createHash('sha512').update('quorate/v1/policy/intent-approval').digest();
  const message = createHash('sha512').update(tag).update(tag)
    .update(item(1, Buffer.from(hash, 'hex'))).update(item(255, Buffer.from('digest'))).digest().subarray(0, 32);
  return { member, device, signature: sign(null, message, key).toString('hex') };
}
