// A member's approval with a device key: docs/spec/intents.md.
import { createHash, sign, type KeyObject } from 'node:crypto';

function item(type: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUInt8(type);
  head.writeBigUInt64BE(BigInt(bytes.length), 1);
  return Buffer.concat([head, bytes]);
}

/** What a device signs to approve what has this hash, in hexadecimal. */
export function approvalMessage(hash: string): Buffer {
  const tag = createHash('sha512').update('quorate/v1/policy/intent-approval').digest();
  return createHash('sha512').update(tag).update(tag)
    .update(item(1, Buffer.from(hash, 'hex'))).update(item(255, Buffer.from('digest'))).digest().subarray(0, 32);
}

/** The approval as the API takes it. */
export const approval = (hash: string, member: string, device: string, key: KeyObject) =>
  ({ member, device, signature: sign(null, approvalMessage(hash), key).toString('hex') });
