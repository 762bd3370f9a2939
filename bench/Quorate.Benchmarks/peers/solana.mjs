// @solana/web3.js as a benchmark peer: {"op":"measure","what":…,"milliseconds":…} → {"nanoseconds":…} for one call.
import { createRequire } from 'node:module';
import { serve } from '../../../tests/interop/lines.mjs';
import { measure } from './measure.mjs';

const require = createRequire(new URL('../../../tests/interop/solana/solana.mjs', import.meta.url));
const {
  ComputeBudgetProgram, PublicKey, SystemInstruction, SystemProgram, TransactionMessage, VersionedMessage,
} = require('@solana/web3.js');
const {
  TOKEN_PROGRAM_ID, createAssociatedTokenAccountIdempotentInstruction, createTransferCheckedInstruction, decodeTransferCheckedInstruction,
  getAssociatedTokenAddressSync,
} = require('@solana/spl-token');

const blockhash = '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d';

// From texts to bytes, as ours.
const build = q => () => {
  const [from, to] = [new PublicKey(q.from), new PublicKey(q.to)];
  const instructions = [ComputeBudgetProgram.setComputeUnitLimit({ units: 60_000 }), ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 10_000 })];
  if (q.mint === null) instructions.push(SystemProgram.transfer({ fromPubkey: from, toPubkey: to, lamports: 250_000_000n }));
  else {
    const mint = new PublicKey(q.mint);
    const [source, destination] = [getAssociatedTokenAddressSync(mint, from), getAssociatedTokenAddressSync(mint, to)];
    instructions.push(
      createAssociatedTokenAccountIdempotentInstruction(from, destination, to, mint),
      createTransferCheckedInstruction(source, mint, destination, from, 250_000_000n, 6));
  }
  return new TransactionMessage({ payerKey: from, recentBlockhash: blockhash, instructions }).compileToLegacyMessage().serialize();
};

// Reads the message and its last instruction, the transfer; whose the token accounts are is not checked there.
const decode = q => {
  const bytes = Buffer.from(q.bytes, 'hex');
  return () => {
    const { instructions } = TransactionMessage.decompile(VersionedMessage.deserialize(bytes));
    const last = instructions[instructions.length - 1];
    return q.mint === null ? SystemInstruction.decodeTransfer(last) : decodeTransferCheckedInstruction(last, TOKEN_PROGRAM_ID);
  };
};

// As ours: whose the accounts are follows from their addresses.
const decodeWithOwners = q => {
  const read = decode(q);
  return () => {
    const { keys } = read();
    const mint = keys.mint.pubkey;
    return [
      getAssociatedTokenAddressSync(mint, new PublicKey(q.from)).equals(keys.source.pubkey),
      getAssociatedTokenAddressSync(mint, new PublicKey(q.to)).equals(keys.destination.pubkey),
    ];
  };
};

const digest = q => {
  const bytes = Buffer.from(q.bytes, 'hex');
  return () => VersionedMessage.deserialize(bytes).serialize();
};

const works = { build, decode, decodeWithOwners, digest };

await serve({ measure: q => measure(works, q) });
