// ethers as a benchmark peer: {"op":"measure","what":…,"milliseconds":…} → {"nanoseconds":…} for one call.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { serve } from '../../../tests/interop/lines.mjs';
import { measure } from './measure.mjs';

const resolve = createRequire(new URL('../../../tests/interop/ethereum/ethers.mjs', import.meta.url)).resolve;
const { Interface, Transaction, TypedDataEncoder } = await import(pathToFileURL(resolve('ethers')).href);

const token = new Interface(['function transfer(address to, uint256 amount)']);

const works = {
  build: q => () => Transaction.from({
    type: 2, chainId: 1n, nonce: 5, gasLimit: 65000n, maxFeePerGas: 30000000000n, maxPriorityFeePerGas: 1000000000n,
    to: '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48', data: token.encodeFunctionData('transfer', [q.to, 250000000n]),
  }).unsignedSerialized,
  decode: q => () => {
    const tx = Transaction.from(q.bytes);
    return token.parseTransaction(tx).args.amount;
  },
  digest: q => () => Transaction.from(q.bytes).unsignedHash,
  signer: q => () => Transaction.from(q.bytes).from,
  typed: q => {
    const { EIP712Domain: _, ...types } = q.json.types;
    return () => TypedDataEncoder.hash(q.json.domain, types, q.json.message);
  },
};

await serve({ measure: q => measure(works, q) });
