// ethers as a second opinion: builds, signs and reads transactions, encodes calls, hashes messages.
import { createHash } from 'node:crypto';
import {
  AbiCoder, FunctionFragment, Signature, SigningKey, Transaction, TypedDataEncoder, computeAddress, getAddress, hashMessage, id,
} from 'ethers';
import { serve } from '../lines.mjs';

const coder = AbiCoder.defaultAbiCoder();

/** The fields of a transaction with every number as 0x and hexadecimal digits; absent ones left out. */
const fieldsOf = tx => ({
  type: tx.type,
  chainId: '0x' + tx.chainId.toString(16),
  nonce: tx.nonce,
  gasLimit: '0x' + tx.gasLimit.toString(16),
  gasPrice: tx.gasPrice === null ? undefined : '0x' + tx.gasPrice.toString(16),
  maxFeePerGas: tx.maxFeePerGas === null ? undefined : '0x' + tx.maxFeePerGas.toString(16),
  maxPriorityFeePerGas: tx.maxPriorityFeePerGas === null ? undefined : '0x' + tx.maxPriorityFeePerGas.toString(16),
  to: tx.to ?? undefined,
  value: '0x' + tx.value.toString(16),
  data: tx.data,
  accessList: tx.accessList ?? undefined,
  authorizationList: tx.authorizationList?.map(a => ({
    chainId: '0x' + a.chainId.toString(16), address: a.address, nonce: '0x' + a.nonce.toString(16),
    yParity: a.signature.yParity, r: a.signature.r, s: a.signature.s,
  })),
});

const fromFields = f => Transaction.from({
  ...f,
  authorizationList: f.authorizationList?.map(a => ({
    chainId: a.chainId, address: a.address, nonce: a.nonce, signature: Signature.from({ r: a.r, s: a.s, yParity: a.yParity }),
  })),
});

function sign(tx, key) {
  tx.signature = new SigningKey(key).sign(tx.unsignedHash);
  return { unsigned: tx.unsignedSerialized, digest: tx.unsignedHash, signed: tx.serialized, hash: tx.hash, from: tx.from };
}

/** Bytes that a seed decides. */
function stream(seed) {
  let counter = 0;
  let rest = Buffer.alloc(0);
  return length => {
    while (rest.length < length) rest = Buffer.concat([rest, createHash('sha256').update(`${seed}/${counter++}`).digest()]);
    const taken = rest.subarray(0, length);
    rest = rest.subarray(length);
    return '0x' + taken.toString('hex');
  };
}

function randomFields(bytes) {
  const below = n => Number(BigInt(bytes(4)) % BigInt(n));
  const number = size => (below(6) === 0 ? 0n : BigInt(bytes(1 + below(size))));
  const type = [0, 1, 2, 4][below(4)];
  const fees = [number(11), number(11)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const address = () => getAddress(bytes(20));
  const fields = {
    type,
    chainId: 1n + number(4),
    nonce: below(3) === 0 ? below(3) : below(4294967295),
    gasLimit: number(7),
    value: number(32),
    data: below(3) === 0 ? '0x' : bytes(below(200)),
  };
  if (type === 4 || below(8) !== 0) fields.to = address();
  if (type < 2) fields.gasPrice = number(12);
  else [fields.maxPriorityFeePerGas, fields.maxFeePerGas] = fees;
  if (type > 0)
    fields.accessList = Array.from({ length: below(4) }, () => ({ address: address(), storageKeys: Array.from({ length: below(3) }, () => bytes(32)) }));
  if (type === 4)
    fields.authorizationList = Array.from({ length: 1 + below(3) }, () => ({
      chainId: below(2) === 0 ? 0n : 1n + number(3), address: address(), nonce: BigInt(below(1000)),
      signature: new SigningKey(bytes(32)).sign(bytes(32)),
    }));
  return fields;
}

await serve({
  address: q => computeAddress(q.publicKey),

  // Builds and signs: the fields from there, the bytes from here.
  'tx.sign': q => q.transactions.map(f => sign(fromFields(f), q.key)),

  // Reads what was built there.
  'tx.parse': q => q.encoded.map(bytes => {
    const tx = Transaction.from(bytes);
    return { ...fieldsOf(tx), from: tx.from ?? undefined, reencoded: tx.from ? tx.serialized : tx.unsignedSerialized };
  }),

  // Makes up transactions, for the other side to read.
  'tx.random': q => {
    const bytes = stream(q.seed);
    return Array.from({ length: q.count }, () => {
      const tx = Transaction.from(randomFields(bytes));
      return { ...fieldsOf(tx), ...sign(tx, bytes(32)) };
    });
  },

  'abi.encode': q => q.calls.map(c => {
    const fragment = FunctionFragment.from(`function ${c.signature}`);
    return id(fragment.format('sighash')).slice(0, 10) + coder.encode(fragment.inputs, c.values).slice(2);
  }),

  'message.digest': q => hashMessage(Buffer.from(q.message.slice(2), 'hex')),

  'typed.digest': q => {
    const { EIP712Domain: _, ...types } = q.types;
    return TypedDataEncoder.hash(q.domain, types, q.message);
  },
});
