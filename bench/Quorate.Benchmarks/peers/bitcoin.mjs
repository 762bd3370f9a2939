// @scure/btc-signer as a benchmark peer: one JSON request a line, each a slice of one operation.
//   → {"id":1,"op":"measure","what":"decode","psbt":"…","milliseconds":150}   ← {"id":1,"result":{"nanoseconds":…}}
import { createInterface } from 'node:readline';

const library = file => import(new URL(`../../../tests/interop/bitcoin/node_modules/@scure/btc-signer/${file}`, import.meta.url));
const btc = await library('index.js');
const network = { bech32: 'bcrt', pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef };
const options = { allowUnknownOutputs: true, disableScriptCheck: true };
let sink;

const operations = {
  // From coins and payments to the bytes of a PSBT.
  build: psbt => {
    const tx = btc.Transaction.fromPSBT(psbt, options);
    const inputs = Array.from({ length: tx.inputsLength }, (_, i) => tx.getInput(i));
    const previous = inputs.map(input => input.nonWitnessUtxo && btc.RawTx.encode(input.nonWitnessUtxo));
    const outputs = Array.from({ length: tx.outputsLength }, (_, i) => tx.getOutput(i));
    return () => {
      const made = new btc.Transaction({ ...options, version: 2 });
      inputs.forEach(({ txid, index, sequence, witnessUtxo, tapInternalKey }, i) => made.addInput({
        txid, index, sequence, witnessUtxo, ...(previous[i] ? { nonWitnessUtxo: previous[i] } : {}), ...(tapInternalKey ? { tapInternalKey } : {}),
      }));
      for (const { script, amount } of outputs) made.addOutput({ script, amount });
      sink = made.toPSBT();
    };
  },

  // From the bytes of a PSBT to recipients, amounts and fee.
  decode: psbt => () => {
    const tx = btc.Transaction.fromPSBT(psbt, options);
    sink = [tx.fee];
    for (let i = 0; i < tx.outputsLength; i++) {
      const { script, amount } = tx.getOutput(i);
      sink.push(amount, btc.Address(network).encode(btc.OutScript.decode(script)));
    }
  },

  // What every input of a decoded transaction signs.
  digest: psbt => {
    const tx = btc.Transaction.fromPSBT(psbt, options);
    const spent = Array.from({ length: tx.inputsLength }, (_, i) => tx.getInput(i).witnessUtxo);
    const isTaproot = spent[0].script[0] === 0x51;
    const [scripts, amounts] = [spent.map(s => s.script), spent.map(s => s.amount)];
    const codes = isTaproot ? [] : scripts.map(s => btc.OutScript.encode({ type: 'pkh', hash: s.slice(2) }));
    return () => {
      for (let i = 0; i < spent.length; i++)
        sink = isTaproot ? tx.preimageWitnessV1(i, scripts, 0, amounts) : tx.preimageWitnessV0(i, codes[i], 1, amounts[i]);
    };
  },
};

function measure({ what, psbt, milliseconds }) {
  const once = operations[what](Uint8Array.from(Buffer.from(psbt, 'hex')));
  let calls = 0;
  const begun = performance.now();
  while (performance.now() - begun < milliseconds) for (let i = 0; i < 8; i++, calls++) once();
  return { nanoseconds: ((performance.now() - begun) * 1e6) / calls };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, ...request } = JSON.parse(line);
  let answer;
  try {
    answer = { id, result: measure(request) };
  } catch (error) {
    answer = { id, error: error.stack };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
