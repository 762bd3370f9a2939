// The SVM in process, with what a cluster has around it: slots, recent blockhashes, commitment, a ledger, and forks.
import { createHash, generateKeyPairSync, randomInt, sign } from 'node:crypto';
import { createRequire } from 'node:module';
import { deserialize, serialize } from 'node:v8';
import { getBase58Codec } from '@solana/codecs-strings';
import { getCompiledTransactionMessageCodec } from '@solana/transaction-messages';

// litesvm's binary without its wrapper: it takes accounts and transactions as the bytes that they are on the wire.
const { Account, LiteSvm, FailedTransactionMetadata } = createRequire(import.meta.url)(`litesvm-${process.platform}-${process.arch}-gnu`);

const FIRST_HEIGHT = 400_000_000n; // a height is no slot: most slots of a cluster have a block, not all
const SLOTS_PER_SKIP = 16n;
const CONFIRMED_DEPTH = 1;
const FINALIZED_DEPTH = 31;
const BLOCKHASH_AGE_MAX = 150n;
const BLOCKS_KEPT = 512; // no fork reaches back further
const TRANSACTIONS_KEPT = 20_000;
const SNAPSHOTS_MAX = 16;
const PACKET_MAX = 1232;
const FAUCET_LAMPORTS = 500_000_000_000_000_000n;
const LAMPORTS_PER_SIGNATURE = 5000n;
const UNITS_MAX = 1_400_000n;

const text = getBase58Codec();
const messages = getCompiledTransactionMessageCodec();
export const toBase58 = bytes => text.decode(bytes);
export const fromBase58 = string => new Uint8Array(text.encode(string));
export const GENESIS_HASH = toBase58(createHash('sha256').update('quorate devnet solana').digest());
const SYSTEM = '11111111111111111111111111111111';
const COMPUTE_BUDGET = 'ComputeBudget111111111111111111111111111111';
const BUILTINS = [SYSTEM, COMPUTE_BUDGET, 'Vote111111111111111111111111111111111111111', 'AddressLookupTab1e1111111111111111111111111'];
export const TOKEN_PROGRAMS = ['TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA', 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb'];
export const MEMO_PROGRAMS = ['MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr', 'Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo'];

/** The bytes are no transaction that a cluster would look at. */
export class Malformed extends Error {}

const view = bytes => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** A transaction from its bytes: read in full, because the SVM's own decoder takes the process with it when it fails. */
export function parse(bytes) {
  if (bytes.length > PACKET_MAX) throw new Malformed(`transaction too large: ${bytes.length} bytes (max: ${PACKET_MAX} bytes)`);
  try {
    // So few signatures fit that their number is one byte.
    const signed = bytes.subarray(1 + 64 * bytes[0]);
    const message = parseMessage(signed);
    if (bytes[0] !== message.header.numSignerAccounts) throw new Malformed('signatures for some signers only');
    return { ...message, bytes, message: view(signed).toString('base64'), signature: toBase58(bytes.subarray(1, 65)) };
  } catch (error) {
    throw new Malformed(`failed to deserialize transaction: ${error.message}`);
  }
}

export function parseMessage(messageBytes) {
  const message = messages.decode(messageBytes);
  if (!view(new Uint8Array(messages.encode(message))).equals(view(messageBytes))) throw new Malformed('not in its one encoding');
  const { header, staticAccounts, instructions } = message;
  const lookups = message.addressTableLookups ?? [];
  const total = lookups.reduce((sum, l) => sum + l.writableIndexes.length + l.readonlyIndexes.length, staticAccounts.length);
  const sane =
    header.numSignerAccounts > 0 && header.numReadonlySignerAccounts < header.numSignerAccounts &&
    header.numSignerAccounts + header.numReadonlyNonSignerAccounts <= staticAccounts.length && total <= 256 &&
    instructions.every(i => i.programAddressIndex > 0 && i.programAddressIndex < staticAccounts.length && (i.accountIndices ?? []).every(a => a < total));
  if (!sane) throw new Malformed('failed to sanitize accounts offsets correctly');
  return {
    version: message.version, header, staticAccounts, lookups, blockhash: message.lifetimeToken,
    instructions: instructions.map(i => ({
      program: staticAccounts[i.programAddressIndex], programIndex: i.programAddressIndex,
      accounts: [...(i.accountIndices ?? [])], data: view(new Uint8Array(i.data ?? [])),
    })),
  };
}

/** Micro-lamports for a compute unit, and the limit of units, as the compute budget's instructions say. */
function budgetOf(message) {
  let price = 0n;
  let limit = message.instructions.reduce((sum, i) => sum + (BUILTINS.includes(i.program) ? 3000n : 200_000n), 0n);
  for (const { data } of message.instructions.filter(i => i.program === COMPUTE_BUDGET)) {
    if (data[0] === 2 && data.length === 5) limit = BigInt(data.readUInt32LE(1));
    if (data[0] === 3 && data.length === 9) price = data.readBigUInt64LE(1);
  }
  return { price, limit: limit < UNITS_MAX ? limit : UNITS_MAX };
}

const isAdvanceNonce = ({ instructions: [first] }) => first?.program === SYSTEM && first.data.length >= 4 && first.data.readUInt32LE(0) === 4;

// The binding has its errors as numbers and classes; their text has them as Agave names them.
function errorOf(failed) {
  const [, name, index, inner, custom, account] =
    /err: (\w+)(?:\((\d+)(?:, (\w+)(?:\((\d+)\))?)?|(?: \{ account_index: (\d+)))?/.exec(String(failed)) ?? [];
  if (name === 'InstructionError') return { InstructionError: [Number(index), custom === undefined ? inner : { [inner]: Number(custom) }] };
  if (account !== undefined) return { [name]: { account_index: Number(account) } };
  return index === undefined ? name : { [name]: Number(index) };
}

const tokenOf = account => {
  if (!account || account.data.length < 165 || !TOKEN_PROGRAMS.includes(account.owner)) return null;
  const data = view(account.data);
  // Of Token-2022 the byte after the account proper says what it is: 2 for a token account.
  if (data.length > 165 && data[165] !== 2) return null;
  return {
    mint: toBase58(data.subarray(0, 32)), owner: toBase58(data.subarray(32, 64)), amount: data.readBigUInt64LE(64),
    state: ['uninitialized', 'initialized', 'frozen'][data[108]], isNative: data.readUInt32LE(109) === 1, program: account.owner,
  };
};
export { tokenOf };

export class Devnet {
  #svm = new LiteSvm();
  #blocks = []; // oldest first; the last one is being made: { slot, height, parent, time, prices }
  #transactions = new Map(); // signature → record, oldest first
  #messages = new Set(); // what has been executed, by the bytes that are signed
  #before = new Map(); // address → [{ slot, account }], what it was before the first change in that slot
  #snapshots = new Map();
  #faucet = generateKeyPairSync('ed25519');
  #faucetAddress = this.#faucet.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  #airdrops = 0;
  isDropping = false;

  /** A cluster of its own, or the one that `toBytes` has written: another run of it, with other blockhashes from here on. */
  constructor(kept = undefined) {
    if (kept !== undefined) {
      const { svm, blocks, transactions, messages, before } = deserialize(kept);
      [this.#svm, this.#blocks, this.#transactions, this.#messages, this.#before] = [LiteSvm.fromBytes(svm), blocks, transactions, messages, before];
    }
    this.#svm.setTransactionHistory(BigInt(TRANSACTIONS_KEPT));
    this.#svm.withNativeMints();
    this.#svm.setAccount(this.#faucetAddress, new Account(FAUCET_LAMPORTS, new Uint8Array(0), fromBase58(SYSTEM), false, 0n));
    this.#diverge();
    if (kept !== undefined) return void this.advance(1);
    this.#blocks.push({ slot: this.#svm.getClock().slot, height: FIRST_HEIGHT, parent: this.#svm.latestBlockhash(), time: this.#setClock(), prices: [] });
    this.advance(FINALIZED_DEPTH + 1);
  }

  get #tip() {
    return this.#blocks.at(-1);
  }

  /** The block that a commitment looks at. */
  bank(commitment = 'finalized') {
    const depth = { processed: 0, confirmed: CONFIRMED_DEPTH, finalized: FINALIZED_DEPTH }[commitment];
    return depth === undefined ? undefined : this.#blocks.at(-1 - depth);
  }

  /** The block of a slot, with its hash once there is one; undefined for a slot without. */
  blockAt(slot) {
    const index = this.#blocks.findIndex(block => block.slot === slot);
    return index < 0 ? undefined : { ...this.#blocks[index], parentSlot: this.#blocks[index - 1]?.slot ?? 0n, hash: this.#blocks[index + 1]?.parent };
  }

  /** Where the ledger begins: with the first block, as long as nothing has been thrown away. */
  get firstSlot() {
    return this.#transactions.size < TRANSACTIONS_KEPT ? 0n : this.#transactions.values().next().value.slot;
  }

  get transactionCount() {
    return this.#transactions.size;
  }

  /** Closes the current block and begins the next. */
  advance(count) {
    for (let i = 0; i < count; i++) {
      const { slot, height } = this.#tip;
      this.#svm.expireBlockhash();
      const next = slot + (height % SLOTS_PER_SKIP === 0n ? 2n : 1n);
      this.#blocks.push({ slot: next, height: height + 1n, parent: this.#svm.latestBlockhash(), time: this.#setClock(next), prices: [] });
    }
    this.#blocks.splice(0, this.#blocks.length - BLOCKS_KEPT);
    const final = this.bank('finalized').slot;
    for (const [address, changes] of this.#before) {
      const kept = changes.filter(change => change.slot > final);
      if (kept.length === 0) this.#before.delete(address);
      else this.#before.set(address, kept);
    }
  }

  #setClock(slot = undefined) {
    const clock = this.#svm.getClock();
    if (slot !== undefined) clock.slot = slot;
    clock.unixTimestamp = BigInt(Math.floor(Date.now() / 1000));
    this.#svm.setClock(clock);
    return clock.unixTimestamp;
  }

  // The SVM's blockhashes are a fixed chain; far ahead on it a fork, or another run, has none that the first one had.
  #diverge() {
    for (let i = randomInt(BLOCKS_KEPT, 1 << 16); i > 0; i--) this.#svm.expireBlockhash();
  }

  /** Everything but snapshots. */
  toBytes() {
    return serialize({ svm: this.#svm.toBytes(), blocks: this.#blocks, transactions: this.#transactions, messages: this.#messages, before: this.#before });
  }

  /** Remembers everything, and returns the number to come back to it by. */
  snapshot() {
    if (this.#snapshots.size >= SNAPSHOTS_MAX) throw new Error(`there are ${SNAPSHOTS_MAX} snapshots already`);
    const id = (this.#snapshots.size === 0 ? 0 : Math.max(...this.#snapshots.keys())) + 1;
    this.#snapshots.set(id, {
      svm: this.#svm.toBytes(), blocks: this.#blocks.map(block => ({ ...block, prices: [...block.prices] })),
      transactions: new Map(this.#transactions), messages: new Set(this.#messages), before: new Map([...this.#before].map(([address, changes]) => [address, [...changes]])),
    });
    return id;
  }

  /** Another fork from a snapshot on: what came after it has never happened, and blockhashes to come are others. */
  revert(id) {
    const then = this.#snapshots.get(id);
    if (!then) throw new Error(`there is no snapshot ${id}`);
    for (const later of [...this.#snapshots.keys()].filter(key => key >= id)) this.#snapshots.delete(later);
    this.#svm = LiteSvm.fromBytes(then.svm);
    [this.#blocks, this.#transactions, this.#messages, this.#before] = [then.blocks, then.transactions, then.messages, then.before];
    this.#diverge();
    this.advance(1);
  }

  /** An account as a commitment sees it; null for none. */
  account(address, slot = this.#tip.slot) {
    const change = this.#before.get(address)?.find(c => c.slot > slot);
    if (change) return change.account;
    const account = this.#svm.getAccount(fromBase58(address));
    return account === null || account.lamports() === 0n
      ? null
      : { lamports: account.lamports(), data: account.data(), owner: toBase58(account.owner()), executable: account.executable() };
  }

  tokenAccounts(program, slot) {
    const now = this.#svm.getProgramAccounts(fromBase58(program)).map(a => toBase58(a.address));
    return [...new Set([...now, ...this.#before.keys()])]
      .map(address => ({ address, account: this.account(address, slot) }))
      .filter(({ account }) => account?.owner === program && tokenOf(account));
  }

  rentExemption(size) {
    return this.#svm.minimumBalanceForRentExemption(BigInt(size));
  }

  isValid(blockhash, bank) {
    const known = this.#blocks.find(block => block.parent === blockhash);
    return known !== undefined && known.height <= bank.height && bank.height - known.height <= BLOCKHASH_AGE_MAX;
  }

  lastValidHeight(bank) {
    return bank.height + BLOCKHASH_AGE_MAX;
  }

  /** The fee of a message in lamports; null where its blockhash is not valid. */
  fee(message, bank) {
    if (!this.isValid(message.blockhash, bank) && !isAdvanceNonce(message)) return null;
    const { price, limit } = budgetOf(message);
    return LAMPORTS_PER_SIGNATURE * BigInt(message.header.numSignerAccounts) + (price * limit + 999_999n) / 1_000_000n;
  }

  /** The least price of a compute unit in each recent block, among transactions that write to all of some accounts. */
  prices(addresses) {
    return this.#blocks.slice(-150).map(({ slot, prices }) => ({
      slot,
      prioritizationFee: prices.filter(p => addresses.every(a => p.writable.includes(a))).map(p => p.price).reduce((a, b) => (a === null || b < a ? b : a), null) ?? 0n,
    }));
  }

  /** All addresses of a transaction in order, and those of them that it may write to; null where a table is not there. */
  #addresses({ header, staticAccounts, lookups }) {
    const writable = staticAccounts.filter((_, i) =>
      i < header.numSignerAccounts
        ? i < header.numSignerAccounts - header.numReadonlySignerAccounts
        : i < staticAccounts.length - header.numReadonlyNonSignerAccounts);
    const loaded = { writable: [], readonly: [] };
    for (const { lookupTableAddress, writableIndexes, readonlyIndexes } of lookups) {
      const table = this.account(lookupTableAddress)?.data;
      const entry = index => table && 56 + 32 * (index + 1) <= table.length ? toBase58(table.subarray(56 + 32 * index, 88 + 32 * index)) : null;
      loaded.writable.push(...writableIndexes.map(entry));
      loaded.readonly.push(...readonlyIndexes.map(entry));
    }
    if ([...loaded.writable, ...loaded.readonly].includes(null)) return null;
    return { all: [...staticAccounts, ...loaded.writable, ...loaded.readonly], writable: [...writable, ...loaded.writable], loaded };
  }

  // The SVM knows one blockhash where a cluster knows 150: it checks nonces itself, and leaves recent hashes to us.
  #run(transaction, bank, run, { verify = true, anyBlockhash = false } = {}) {
    this.#svm.setSigverify(verify);
    this.#svm.setBlockhashCheck(!anyBlockhash && !this.isValid(transaction.blockhash, bank));
    try {
      return run();
    } finally {
      this.#svm.setSigverify(true);
      this.#svm.setBlockhashCheck(true);
    }
  }

  /** Whether the cluster would still take it but for having it: it remembers messages, whoever signed them how. */
  #isAlreadyProcessed(transaction, bank) {
    return this.isValid(transaction.blockhash, bank) && this.#messages.has(transaction.message);
  }

  simulate(transaction, bank, options) {
    if (!options?.anyBlockhash && this.#isAlreadyProcessed(transaction, bank)) return { err: 'AlreadyProcessed', logs: [], units: 0n, accounts: new Map() };
    const result = this.#run(transaction, bank, () => this.#svm.simulateVersionedTransaction(transaction.bytes), options);
    const failed = result instanceof FailedTransactionMetadata;
    const meta = result.meta();
    return {
      err: failed ? errorOf(result) : null, logs: meta.logs(), units: meta.computeUnitsConsumed(),
      accounts: failed ? new Map() : new Map(result.postAccounts().map(a => {
        const account = a.account();
        return [toBase58(a.address), { lamports: account.lamports(), data: account.data(), owner: toBase58(account.owner()), executable: account.executable() }];
      })),
    };
  }

  /** Executes a transaction in the current block. Returns its error where it does not get into the block at all. */
  execute(transaction) {
    if (this.isDropping) return null;
    if (this.#isAlreadyProcessed(transaction, this.#tip)) return 'AlreadyProcessed';
    const { slot, time, prices } = this.#tip;
    const addresses = this.#addresses(transaction);
    if (addresses === null) return 'AddressLookupTableNotFound';
    const [payer] = addresses.all;
    const before = new Map(addresses.all.map(address => [address, this.account(address)]));
    const result = this.#run(transaction, this.#tip, () => this.#svm.sendVersionedTransaction(transaction.bytes));
    const failed = result instanceof FailedTransactionMetadata;
    const err = failed ? errorOf(result) : null;
    // Whoever is in a block has paid for it.
    if (failed && this.account(payer)?.lamports === before.get(payer)?.lamports) return err;
    if (failed && isAdvanceNonce(transaction)) this.#useNonce(addresses.all[transaction.instructions[0].accounts[0]]);

    for (const address of addresses.writable) {
      const changes = this.#before.get(address) ?? [];
      if (changes.at(-1)?.slot !== slot) this.#before.set(address, [...changes, { slot, account: before.get(address) }]);
    }
    const meta = failed ? result.meta() : result;
    const { price } = budgetOf(transaction);
    prices.push({ price, writable: addresses.writable });
    const tokens = of => addresses.all.flatMap((address, accountIndex) => {
      const token = tokenOf(of(address));
      return token ? [{ accountIndex, ...token, decimals: this.account(token.mint)?.data[44] ?? 0 }] : [];
    });
    this.#transactions.set(transaction.signature, {
      transaction, slot, height: this.#tip.height, time, err, loaded: addresses.loaded, addresses: addresses.all,
      fee: BigInt(/ fee: (\d+)/.exec(String(meta))[1]), logs: meta.logs(), units: meta.computeUnitsConsumed(),
      inner: meta.innerInstructions().map((group, index) => ({
        index,
        instructions: group.map(i => {
          const instruction = i.instruction();
          return {
            programIdIndex: instruction.programIdIndex(), accounts: [...instruction.accounts()],
            data: toBase58(instruction.data()), stackHeight: i.stackHeight(),
          };
        }),
      })).filter(group => group.instructions.length > 0),
      preBalances: addresses.all.map(a => before.get(a)?.lamports ?? 0n), postBalances: addresses.all.map(a => this.account(a)?.lamports ?? 0n),
      preTokens: tokens(a => before.get(a)), postTokens: tokens(a => this.account(a)),
    });
    this.#messages.add(transaction.message);
    if (this.#transactions.size > TRANSACTIONS_KEPT) {
      const [[oldest, { transaction: { message } }]] = this.#transactions;
      this.#transactions.delete(oldest);
      this.#messages.delete(message);
    }
    return null;
  }

  // A cluster uses up the nonce of a transaction that fails as well; the SVM leaves that to whoever calls it.
  #useNonce(address) {
    const account = this.#svm.getAccount(fromBase58(address));
    const data = account.data();
    data.set(createHash('sha256').update('DURABLE_NONCE').update(fromBase58(this.#svm.latestBlockhash())).digest(), 40);
    this.#svm.setAccount(fromBase58(address), new Account(account.lamports(), data, account.owner(), false, account.rentEpoch()));
  }

  /** { record, depth, status } of a transaction; undefined for unknown. */
  find(signature) {
    const record = this.#transactions.get(signature);
    return record && this.#place(record);
  }

  #place(record) {
    const depth = Number(this.#tip.height - record.height);
    return { record, depth, status: depth >= FINALIZED_DEPTH ? 'finalized' : depth >= CONFIRMED_DEPTH ? 'confirmed' : 'processed' };
  }

  /** Everything that names an address, newest first. */
  history(address) {
    return [...this.#transactions.values()].filter(record => record.addresses.includes(address)).reverse().map(record => this.#place(record));
  }

  /** Pays from the faucet and returns the signature; the unit limit makes every payment another transaction. */
  airdrop(address, lamports) {
    const u32 = number => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(number);
      return bytes;
    };
    const amount = Buffer.alloc(8);
    amount.writeBigUInt64LE(lamports);
    const message = Buffer.concat([
      Buffer.from([1, 0, 2, 4]), this.#faucetAddress, fromBase58(address), fromBase58(SYSTEM), fromBase58(COMPUTE_BUDGET), fromBase58(this.#tip.parent),
      Buffer.from([2, 3, 0, 5, 2]), u32(1000 + (this.#airdrops++ % 1_000_000)), Buffer.from([2, 2, 0, 1, 12]), u32(2), amount,
    ]);
    const transaction = parse(new Uint8Array(Buffer.concat([Buffer.from([1]), sign(null, message, this.#faucet.privateKey), message])));
    const { err } = this.simulate(transaction, this.#tip);
    const refused = err ?? this.execute(transaction);
    if (refused !== null) throw new Error(`the faucet's payment fails: ${JSON.stringify(refused)}`);
    return transaction.signature;
  }
}
