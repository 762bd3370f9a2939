// @scure/btc-signer and bitcoinjs-lib over stdin and stdout: one JSON request a line, one JSON answer a line, in order.
//   → {"id":1,"op":"psbts.finish","items":[…]}   ← {"id":1,"result":[…]} or {"id":1,"error":"…"}
// Every operation takes a list, because a line costs more than a transaction.
import { createInterface } from 'node:readline';
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as btc from '@scure/btc-signer';
import * as bitcoinjs from 'bitcoinjs-lib';

const bytes = hex => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = data => Buffer.from(data).toString('hex');
const noAux = new Uint8Array(32);
// The check would refuse to pay a bare public key.
const options = { allowUnknownOutputs: true, disableScriptCheck: true };
const networks = {
  mainnet: { bech32: 'bc', pubKeyHash: 0x00, scriptHash: 0x05, wif: 0x80 },
  testnet: { bech32: 'tb', pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef },
  regtest: { bech32: 'bcrt', pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef },
};

function finish(tx, keys) {
  for (const key of keys) tx.sign(bytes(key), undefined, noAux);
  tx.finalize();
  return { signed: hex(tx.extract()), id: tx.id };
}

function attempt(action) {
  try {
    return action();
  } catch (error) {
    return { refused: error.message };
  }
}

function build({ version, lockTime, inputs, outputs, keys }) {
  const tx = new btc.Transaction({ ...options, version, lockTime });
  for (const input of inputs) {
    tx.addInput({
      txid: input.txid,
      index: input.index,
      sequence: input.sequence,
      ...(input.previous ? { nonWitnessUtxo: bytes(input.previous) } : {}),
      ...(input.witnessUtxo ? { witnessUtxo: { script: bytes(input.witnessUtxo.script), amount: BigInt(input.witnessUtxo.value) } } : {}),
      ...(input.redeemScript ? { redeemScript: bytes(input.redeemScript) } : {}),
      ...(input.internalKey ? { tapInternalKey: bytes(input.internalKey) } : {}),
    });
  }
  for (const output of outputs) tx.addOutput({ script: bytes(output.script), amount: BigInt(output.value) });
  const psbt = hex(tx.toPSBT());
  return { psbt, unsigned: hex(tx.unsignedTx), ...finish(tx, keys) };
}

const operations = {
  'psbts.finish': ({ psbt, keys }) => {
    const tx = btc.Transaction.fromPSBT(bytes(psbt), options);
    return {
      scure: hex(tx.toPSBT(0)),
      bitcoinjs: hex(bitcoinjs.Psbt.fromBuffer(bytes(psbt)).toBuffer()),
      ...finish(tx, keys),
    };
  },

  'psbts.read': ({ psbt }) => attempt(() => ({ psbt: hex(btc.Transaction.fromPSBT(bytes(psbt), options).toPSBT(0)) })),

  'transactions.build': build,

  'transactions.read': ({ transaction }) => attempt(() => {
    const tx = bitcoinjs.Transaction.fromBuffer(bytes(transaction));
    return { id: tx.getId(), weight: tx.weight(), again: hex(tx.toBuffer()) };
  }),

  // For every input of a signed transaction whether its signature is good, over the digest that bitcoinjs-lib finds.
  'transactions.verify': ({ transaction, spent }) => {
    const tx = bitcoinjs.Transaction.fromBuffer(bytes(transaction));
    const scripts = spent.map(s => bytes(s.script));
    const values = spent.map(s => BigInt(s.value));
    return tx.ins.map(({ witness }, i) => {
      const program = scripts[i].slice(2);
      if (scripts[i][0] === 0x51) {
        const [signature] = witness;
        const type = signature.length === 65 ? signature[64] : 0;
        return witness.length === 1 && schnorr.verify(signature.slice(0, 64), tx.hashForWitnessV1(i, scripts, values, type), program);
      }
      const [signature, key] = witness;
      const digest = tx.hashForWitnessV0(i, btc.OutScript.encode({ type: 'pkh', hash: program }), values[i], signature.at(-1));
      return witness.length === 2 && hex(ripemd160(sha256(key))) === hex(program)
        && secp256k1.verify(signature.slice(0, -1), digest, key, { format: 'der', prehash: false, lowS: true });
    });
  },

  digests: ({ transaction, index, type, form, scriptCode, spent }) => {
    const tx = bitcoinjs.Transaction.fromBuffer(bytes(transaction));
    switch (form) {
      case 'taproot':
        return hex(tx.hashForWitnessV1(index, spent.map(s => bytes(s.script)), spent.map(s => BigInt(s.value)), type));
      case 'version0':
        return hex(tx.hashForWitnessV0(index, bytes(scriptCode), BigInt(spent[index].value), type));
      default:
        return hex(tx.hashForSignature(index, bytes(scriptCode), type));
    }
  },

  'addresses.parse': ({ text, network }) =>
    attempt(() => ({ script: hex(btc.OutScript.encode(btc.Address(networks[network]).decode(text))) })),

  'addresses.format': ({ script, network }) =>
    attempt(() => ({ text: btc.Address(networks[network]).encode(btc.OutScript.decode(bytes(script))) })),
};

function answer(line) {
  let id = null;
  try {
    const request = JSON.parse(line);
    id = request.id ?? null;
    if (!Object.hasOwn(operations, request.op)) throw new RangeError(`unknown operation "${request.op}"`);
    return { id, result: request.items.map(item => operations[request.op](item)) };
  } catch (error) {
    return { id, error: error.stack };
  }
}

for await (const line of createInterface({ input: process.stdin }))
  if (line !== '') process.stdout.write(JSON.stringify(answer(line)) + '\n');
