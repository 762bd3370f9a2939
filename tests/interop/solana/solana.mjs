// @solana/web3.js and @solana/spl-token as a second opinion: build, sign and read transactions, derive addresses.
import { createHash } from 'node:crypto';
import {
  AddressLookupTableAccount, ComputeBudgetProgram, Keypair, NONCE_ACCOUNT_LENGTH, PACKET_DATA_SIZE, PublicKey, SystemProgram, TransactionInstruction,
  TransactionMessage, VersionedMessage, VersionedTransaction,
} from '@solana/web3.js';
import {
  AuthorityType, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID, createApproveCheckedInstruction, createAssociatedTokenAccountIdempotentInstruction,
  createAssociatedTokenAccountInstruction, createBurnCheckedInstruction, createCloseAccountInstruction, createInitializeAccount3Instruction,
  createMintToCheckedInstruction, createRevokeInstruction, createSetAuthorityInstruction, createSyncNativeInstruction,
  createTransferCheckedInstruction, createTransferCheckedWithFeeInstruction, getAssociatedTokenAddressSync,
} from '@solana/spl-token';
import { serve } from '../lines.mjs';

const hex = bytes => Buffer.from(bytes).toString('hex');
const bytes = text => Buffer.from(text, 'hex');
const key = text => new PublicKey(text);
const base58 = buffer => new PublicKey(buffer).toBase58();

const metas = accounts => accounts.map(a => ({ pubkey: key(a.address), isSigner: a.signer, isWritable: a.writable }));
const instructionOf = i => new TransactionInstruction({ programId: key(i.program), keys: metas(i.accounts), data: bytes(i.data) });
const describe = i => ({
  program: i.programId.toBase58(),
  accounts: i.keys.map(k => ({ address: k.pubkey.toBase58(), signer: k.isSigner, writable: k.isWritable })),
  data: hex(i.data),
});

const fieldsOf = message => ({
  version: message.version === 'legacy' ? -1 : message.version,
  header: [message.header.numRequiredSignatures, message.header.numReadonlySignedAccounts, message.header.numReadonlyUnsignedAccounts],
  accounts: message.staticAccountKeys.map(k => k.toBase58()),
  blockhash: message.recentBlockhash,
  instructions: message.compiledInstructions.map(i => ({ program: i.programIdIndex, accounts: hex(i.accountKeyIndexes), data: hex(i.data) })),
  lookups: message.addressTableLookups.map(l => ({ table: l.accountKey.toBase58(), writable: hex(l.writableIndexes), readOnly: hex(l.readonlyIndexes) })),
});

const compile = (version, message) => (version === -1 ? message.compileToLegacyMessage() : message.compileToV0Message(message.tables));

/** The builders that both sides have, by name; arguments as the other side calls them. */
const builders = {
  transfer: q => SystemProgram.transfer({ fromPubkey: key(q.a), toPubkey: key(q.b), lamports: BigInt(q.amount) }),
  createAccount: q => SystemProgram.createAccount({
    fromPubkey: key(q.a), newAccountPubkey: key(q.b), lamports: Number(q.amount), space: q.size, programId: key(q.c),
  }),
  createAccountWithSeed: async q => SystemProgram.createAccountWithSeed({
    fromPubkey: key(q.a), basePubkey: key(q.b), seed: q.seed, newAccountPubkey: await PublicKey.createWithSeed(key(q.b), q.seed, key(q.c)),
    lamports: Number(q.amount), space: q.size, programId: key(q.c),
  }),
  // What makes an account a nonce is its second instruction there.
  initializeNonce: q => SystemProgram.createNonceAccount({
    fromPubkey: key(q.b), noncePubkey: key(q.a), authorizedPubkey: key(q.b), lamports: NONCE_ACCOUNT_LENGTH,
  }).instructions[1],
  advanceNonce: q => SystemProgram.nonceAdvance({ noncePubkey: key(q.a), authorizedPubkey: key(q.b) }),
  withdrawNonce: q => SystemProgram.nonceWithdraw({
    noncePubkey: key(q.a), toPubkey: key(q.b), lamports: Number(q.amount), authorizedPubkey: key(q.c),
  }),
  authorizeNonce: q => SystemProgram.nonceAuthorize({ noncePubkey: key(q.a), authorizedPubkey: key(q.b), newAuthorizedPubkey: key(q.c) }),
  unitLimit: q => ComputeBudgetProgram.setComputeUnitLimit({ units: q.size }),
  unitPrice: q => ComputeBudgetProgram.setComputeUnitPrice({ microLamports: BigInt(q.amount) }),
  create: q => createAssociatedTokenAccountInstruction(
    key(q.a), getAssociatedTokenAddressSync(key(q.c), key(q.b), true, key(q.program)), key(q.b), key(q.c), key(q.program)),
  createIdempotent: q => createAssociatedTokenAccountIdempotentInstruction(
    key(q.a), getAssociatedTokenAddressSync(key(q.c), key(q.b), true, key(q.program)), key(q.b), key(q.c), key(q.program)),
  transferChecked: q => createTransferCheckedInstruction(key(q.a), key(q.b), key(q.c), key(q.d), BigInt(q.amount), q.decimals, [], key(q.program)),
  transferCheckedWithFee: q => createTransferCheckedWithFeeInstruction(
    key(q.a), key(q.b), key(q.c), key(q.d), BigInt(q.amount), q.decimals, BigInt(q.size), [], TOKEN_2022_PROGRAM_ID),
  approveChecked: q => createApproveCheckedInstruction(key(q.a), key(q.b), key(q.c), key(q.d), BigInt(q.amount), q.decimals, [], key(q.program)),
  revoke: q => createRevokeInstruction(key(q.a), key(q.b), [], key(q.program)),
  setAuthority: q => createSetAuthorityInstruction(key(q.a), key(q.b), AuthorityType.AccountOwner, key(q.c), [], key(q.program)),
  setNoAuthority: q => createSetAuthorityInstruction(key(q.a), key(q.b), AuthorityType.CloseAccount, null, [], key(q.program)),
  mintToChecked: q => createMintToCheckedInstruction(key(q.a), key(q.b), key(q.c), BigInt(q.amount), q.decimals, [], key(q.program)),
  burnChecked: q => createBurnCheckedInstruction(key(q.a), key(q.b), key(q.c), BigInt(q.amount), q.decimals, [], key(q.program)),
  closeAccount: q => createCloseAccountInstruction(key(q.a), key(q.b), key(q.c), [], key(q.program)),
  syncNative: q => createSyncNativeInstruction(key(q.a), key(q.program)),
  initializeAccount3: q => createInitializeAccount3Instruction(key(q.a), key(q.b), key(q.c), key(q.program)),
};

/** Bytes that a seed decides. */
function stream(seed) {
  let counter = 0;
  let rest = Buffer.alloc(0);
  return length => {
    while (rest.length < length) rest = Buffer.concat([rest, createHash('sha256').update(`${seed}/${counter++}`).digest()]);
    const taken = rest.subarray(0, length);
    rest = rest.subarray(length);
    return taken;
  };
}

/** A transaction with random instructions over a few accounts; as version 0 with look-up tables at times. */
function random(take) {
  const below = n => take(4).readUInt32LE() % n;
  const signers = Array.from({ length: 1 + below(3) }, () => Keypair.fromSeed(take(32)));
  const others = Array.from({ length: 2 + below(8) }, () => new PublicKey(take(32)));
  const version = below(2) - 1;
  const tables = version === -1 ? [] : Array.from({ length: below(3) }, () => new AddressLookupTableAccount({
    key: new PublicKey(take(32)),
    state: { deactivationSlot: 0n, lastExtendedSlot: 0, lastExtendedSlotStartIndex: 0, addresses: Array.from({ length: 1 + below(30) }, () => new PublicKey(take(32))) },
  }));
  const pool = [
    ...signers.map(s => ({ pubkey: s.publicKey, isSigner: true, isWritable: below(2) === 0 })),
    ...[...others, ...tables.flatMap(t => t.state.addresses)].map(pubkey => ({ pubkey, isSigner: false, isWritable: below(2) === 0 })),
  ];
  const programs = Array.from({ length: 1 + below(3) }, () => new PublicKey(take(32)));
  const message = new TransactionMessage({
    payerKey: signers[0].publicKey,
    recentBlockhash: base58(take(32)),
    instructions: [
      ...signers.map(s => new TransactionInstruction({ programId: programs[0], keys: [{ pubkey: s.publicKey, isSigner: true, isWritable: below(2) === 0 }] })),
      ...Array.from({ length: below(5) }, () => new TransactionInstruction({
        programId: programs[below(programs.length)],
        keys: Array.from({ length: below(6) }, () => pool[below(pool.length)]),
        data: take([0, 1, 12, 127, 128, 200][below(6)]),
      })),
    ],
  });
  message.tables = tables;
  const transaction = new VersionedTransaction(compile(version, message));
  transaction.sign(signers);
  return transaction;
}

await serve({
  'instructions.build': async q => Promise.all(q.wanted.map(async w => describe(await builders[w.kind](w)))),

  'messages.build': q => q.messages.map(m => hex(compile(m.version, new TransactionMessage({
    payerKey: key(m.payer), recentBlockhash: m.blockhash, instructions: m.instructions.map(instructionOf),
  })).serialize())),

  'messages.read': q => q.encoded.map(e => {
    const message = VersionedMessage.deserialize(bytes(e));
    return { ...fieldsOf(message), reencoded: hex(message.serialize()) };
  }),

  'transactions.sign': q => q.messages.map(m => {
    const transaction = new VersionedTransaction(VersionedMessage.deserialize(bytes(m)));
    transaction.sign(q.seeds.map(s => Keypair.fromSeed(bytes(s))).filter(k =>
      transaction.message.staticAccountKeys.slice(0, transaction.message.header.numRequiredSignatures).some(s => s.equals(k.publicKey))));
    return hex(transaction.serialize());
  }),

  'transactions.random': q => {
    const take = stream(q.seed);
    const made = [];
    while (made.length < q.count) {
      try {
        const transaction = random(take);
        if (transaction.serialize().length > PACKET_DATA_SIZE) continue;
        made.push({ ...fieldsOf(transaction.message), message: hex(transaction.message.serialize()), signed: hex(transaction.serialize()) });
      } catch (error) {
        // Too large even to be written: another one.
        if (!(error instanceof RangeError) && !/too large|overruns/i.test(error.message)) throw error;
      }
    }
    return made;
  },

  'addresses.derive': q => q.wanted.map(w => {
    const [address, bump] = PublicKey.findProgramAddressSync(w.seeds.map(bytes), key(w.program));
    return { address: address.toBase58(), bump };
  }),

  'addresses.associated': q => q.wanted.map(w => getAssociatedTokenAddressSync(key(w.mint), key(w.owner), true, key(w.program)).toBase58()),

  'addresses.onCurve': q => q.addresses.map(a => PublicKey.isOnCurve(bytes(a))),

  'programs': () => ({ token: TOKEN_PROGRAM_ID.toBase58(), token2022: TOKEN_2022_PROGRAM_ID.toBase58(), computeBudget: ComputeBudgetProgram.programId.toBase58() }),
});
