// Solana's JSON-RPC as far as a wallet calls it, with Agave's shapes and error codes. The methods devnet_… are ours:
//   devnet_advanceSlots [n]   n blocks more; 151 of them outlive any blockhash, 31 make everything final
//   devnet_snapshot []        a number to come back to this moment by
//   devnet_revert [number]    another fork from that moment on
//   devnet_setDropping [bool] whether transactions are taken and then lost, as on a network that is too busy
import { GENESIS_HASH, Malformed, MEMO_PROGRAMS, TOKEN_PROGRAMS, fromBase58, parse, parseMessage, toBase58, tokenOf } from './node.mjs';

const BODY_MAX = 50 * 1024; // Agave's own
const BATCH_MAX = 100;
const SLOTS_MAX = 10_000;
const SLOTS_PER_EPOCH = 432_000n;
const VERSION = { 'solana-core': 'litesvm 1.5.0', 'feature-set': 0 };

class RpcError extends Error {
  constructor(code, message, data = undefined) {
    super(message);
    [this.code, this.data] = [code, data];
  }
}

const invalid = message => new RpcError(-32602, `Invalid params: ${message}`);

// Lamports are beyond what a double holds, and JSON has them as plain numbers.
const json = value =>
  typeof value === 'bigint' ? value.toString()
  : Array.isArray(value) ? `[${value.map(json)}]`
  : value !== null && typeof value === 'object'
    ? `{${Object.entries(value).filter(([, v]) => v !== undefined).map(([k, v]) => `${JSON.stringify(k)}:${json(v)}`)}}`
    : JSON.stringify(value ?? null);

function bytesOf(kind, text, size) {
  let bytes;
  try {
    bytes = typeof text === 'string' && text.length <= 90 ? fromBase58(text) : new Uint8Array(0);
  } catch {
    throw invalid('not base58');
  }
  if (bytes.length !== size) throw invalid(`WrongSize: not a ${kind}`);
  return text;
}

const address = text => bytesOf('pubkey', text, 32);
const signature = text => bytesOf('signature', text, 64);

function list(items, read, max) {
  if (!Array.isArray(items) || items.length > max) throw invalid(`a list of at most ${max}`);
  return items.map(read);
}

function whole(value, max = Number.MAX_SAFE_INTEGER) {
  if (!Number.isSafeInteger(value) || value < 0 || value > max) throw invalid(`an integer from 0 to ${max}`);
  return value;
}

function binary(text, encoding) {
  if (typeof text !== 'string') throw invalid('a text');
  if (encoding === 'base64') {
    const bytes = Buffer.from(text, 'base64');
    if (bytes.toString('base64') !== text) throw invalid('invalid base64 encoding');
    return new Uint8Array(bytes);
  }
  if ((encoding ?? 'base58') !== 'base58') throw invalid(`unsupported encoding: ${encoding}`);
  return text.length > 1700 ? new Uint8Array(1233) : fromBase58(text);
}

function decoded(bytes, read) {
  try {
    return read(bytes);
  } catch (error) {
    throw error instanceof Malformed ? invalid(error.message) : invalid(`failed to deserialize: ${error.message}`);
  }
}

function show(account, at, encoding = 'base64', slice = undefined) {
  if (account === null) return null;
  const token = encoding === 'jsonParsed' ? tokenOf(account) : null;
  const whole = Buffer.from(account.data);
  const data = slice ? whole.subarray(slice.offset, slice.offset + slice.length) : whole;
  const encoded =
    token ? { program: token.program === TOKEN_PROGRAMS[0] ? 'spl-token' : 'spl-token-2022', space: whole.length, parsed: { type: 'account', info: {
      mint: token.mint, owner: token.owner, state: token.state, isNative: token.isNative, tokenAmount: amountOf(token, at) } } }
    : encoding === 'base58' ? (data.length > 128 ? null : [toBase58(data), 'base58'])
    : encoding === 'base64' || encoding === 'jsonParsed' ? [data.toString('base64'), 'base64']
    : null;
  if (encoded === null) throw invalid(`encoding ${encoding} is not possible here`);
  return { data: encoded, executable: account.executable, lamports: account.lamports, owner: account.owner, rentEpoch: 18446744073709551615n, space: whole.length };
}

function amountOf(token, at) {
  const decimals = token.decimals ?? at(token.mint)?.data[44] ?? 0;
  const digits = token.amount.toString().padStart(decimals + 1, '0');
  const uiAmountString = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/\.?0+$/, '');
  return { amount: token.amount.toString(), decimals, uiAmount: Number(uiAmountString), uiAmountString };
}

const balanceOf = token => ({ accountIndex: token.accountIndex, mint: token.mint, owner: token.owner, programId: token.program, uiTokenAmount: amountOf(token) });

function memoOf({ transaction }) {
  const memos = transaction.instructions.filter(i => MEMO_PROGRAMS.includes(i.program)).map(i => `[${i.data.length}] ${i.data.toString('utf8')}`);
  return memos.length === 0 ? null : memos.join('; ');
}

function showTransaction({ record }, encoding) {
  const { transaction } = record;
  const { version, header, staticAccounts, lookups, blockhash, instructions, bytes } = transaction;
  const shown =
    encoding === 'base64' ? [Buffer.from(bytes).toString('base64'), 'base64']
    : encoding === 'base58' ? [toBase58(bytes), 'base58']
    : {
        signatures: Array.from({ length: bytes[0] }, (_, i) => toBase58(bytes.subarray(1 + 64 * i, 65 + 64 * i))),
        message: {
          header: {
            numRequiredSignatures: header.numSignerAccounts, numReadonlySignedAccounts: header.numReadonlySignerAccounts,
            numReadonlyUnsignedAccounts: header.numReadonlyNonSignerAccounts,
          },
          accountKeys: staticAccounts, recentBlockhash: blockhash,
          instructions: instructions.map(i => ({ programIdIndex: i.programIndex, accounts: i.accounts, data: toBase58(i.data), stackHeight: null })),
          addressTableLookups: version === 'legacy' ? undefined : lookups.map(l => ({
            accountKey: l.lookupTableAddress, writableIndexes: [...l.writableIndexes], readonlyIndexes: [...l.readonlyIndexes],
          })),
        },
      };
  return {
    slot: record.slot, blockTime: record.time, version, transaction: shown,
    meta: {
      err: record.err, status: record.err === null ? { Ok: null } : { Err: record.err }, fee: record.fee, computeUnitsConsumed: record.units,
      preBalances: record.preBalances, postBalances: record.postBalances, logMessages: record.logs, innerInstructions: record.inner, rewards: [],
      preTokenBalances: record.preTokens.map(balanceOf), postTokenBalances: record.postTokens.map(balanceOf), loadedAddresses: record.loaded,
    },
  };
}

function failure({ err, logs, units }) {
  const [kind] = typeof err === 'string' ? [err] : Object.keys(err);
  const words = {
    AlreadyProcessed: 'This transaction has already been processed', BlockhashNotFound: 'Blockhash not found',
    AccountNotFound: 'Attempt to debit an account but found no record of a prior credit.', InsufficientFundsForFee: 'Insufficient funds for fee',
  }[kind] ?? (kind === 'InstructionError' ? `Error processing Instruction ${err.InstructionError[0]}: ${describe(err.InstructionError[1])}`
    : kind === 'InsufficientFundsForRent' ? `Transaction results in an account (${err[kind].account_index}) with insufficient funds for rent`
    : kind);
  return new RpcError(-32002, `Transaction simulation failed: ${words}`, { accounts: null, err, logs, unitsConsumed: units, returnData: null });
}

const describe = inner => (typeof inner === 'object' && 'Custom' in inner ? `custom program error: 0x${inner.Custom.toString(16)}` : JSON.stringify(inner));
const unverified = () => new RpcError(-32003, 'Transaction signature verification failure');

function methods(devnet) {
  const bankOf = (config, standard = 'finalized') => {
    const bank = devnet.bank(config?.commitment ?? standard);
    if (!bank) throw invalid('unknown commitment');
    if (config?.minContextSlot !== undefined && bank.slot < BigInt(whole(config.minContextSlot)))
      throw new RpcError(-32016, 'Minimum context slot has not been reached', { contextSlot: bank.slot });
    return bank;
  };
  const inContext = (bank, value) => ({ context: { slot: bank.slot, apiVersion: '2.0.0' }, value });
  const reader = bank => text => devnet.account(text, bank.slot);

  return {
    getGenesisHash: () => GENESIS_HASH,
    getHealth: () => 'ok',
    getVersion: () => VERSION,
    getSlot: config => bankOf(config).slot,
    getBlockHeight: config => bankOf(config).height,
    getBlockTime: slot => {
      const block = devnet.blockAt(BigInt(whole(slot)));
      if (!block) throw new RpcError(-32007, `Slot ${slot} was skipped, or missing due to ledger jump to recent snapshot`);
      return block.time;
    },
    getBlock: (slot, config) => {
      const bank = bankOf(config);
      const block = devnet.blockAt(BigInt(whole(slot)));
      if (BigInt(slot) > bank.slot) throw new RpcError(-32004, `Block not available for slot ${slot}`);
      if (!block) throw new RpcError(-32007, `Slot ${slot} was skipped, or missing due to ledger jump to recent snapshot`);
      if (config?.transactionDetails !== 'none') throw invalid('only transactionDetails: none');
      return { blockhash: block.hash, previousBlockhash: block.parent, parentSlot: block.parentSlot, blockHeight: block.height, blockTime: block.time };
    },
    getFirstAvailableBlock: () => devnet.firstSlot,
    getEpochInfo: config => {
      const { slot, height } = bankOf(config);
      return {
        absoluteSlot: slot, blockHeight: height, epoch: slot / SLOTS_PER_EPOCH, slotIndex: slot % SLOTS_PER_EPOCH, slotsInEpoch: SLOTS_PER_EPOCH,
        transactionCount: devnet.transactionCount,
      };
    },
    getLatestBlockhash: config => {
      const bank = bankOf(config);
      return inContext(bank, { blockhash: bank.parent, lastValidBlockHeight: devnet.lastValidHeight(bank) });
    },
    isBlockhashValid: (hash, config) => {
      const bank = bankOf(config);
      return inContext(bank, devnet.isValid(bytesOf('blockhash', hash, 32), bank));
    },
    getBalance: (key, config) => {
      const bank = bankOf(config);
      return inContext(bank, reader(bank)(address(key))?.lamports ?? 0n);
    },
    getAccountInfo: (key, config) => {
      const bank = bankOf(config);
      return inContext(bank, show(reader(bank)(address(key)), reader(bank), config?.encoding, config?.dataSlice));
    },
    getMultipleAccounts: (keys, config) => {
      const bank = bankOf(config);
      return inContext(bank, list(keys, address, 100).map(key => show(reader(bank)(key), reader(bank), config?.encoding, config?.dataSlice)));
    },
    getTokenAccountBalance: (key, config) => {
      const bank = bankOf(config);
      const account = reader(bank)(address(key));
      if (account === null) throw invalid('could not find account');
      const token = tokenOf(account);
      if (token === null) throw invalid('not a Token account');
      return inContext(bank, amountOf(token, reader(bank)));
    },
    getTokenAccountsByOwner: (owner, filter, config) => {
      const bank = bankOf(config);
      address(owner);
      const mint = filter?.mint === undefined ? undefined : address(filter.mint);
      const program = mint === undefined ? address(filter?.programId) : reader(bank)(mint)?.owner;
      if (!TOKEN_PROGRAMS.includes(program)) throw invalid(mint === undefined ? 'unrecognized Token program id' : 'could not find mint');
      const found = devnet.tokenAccounts(program, bank.slot).filter(({ account }) => {
        const token = tokenOf(account);
        return token.owner === owner && (mint === undefined || token.mint === mint);
      });
      return inContext(bank, found.map(({ address: pubkey, account }) => ({ pubkey, account: show(account, reader(bank), config?.encoding, config?.dataSlice) })));
    },
    getMinimumBalanceForRentExemption: size => devnet.rentExemption(whole(size, 10 * 1024 * 1024)),
    getFeeForMessage: (message, config) => {
      const bank = bankOf(config);
      return inContext(bank, devnet.fee(decoded(binary(message, 'base64'), parseMessage), bank));
    },
    getRecentPrioritizationFees: keys => devnet.prices(list(keys ?? [], address, 128)),
    simulateTransaction: (text, config) => {
      const bank = bankOf(config);
      const transaction = decoded(binary(text, config?.encoding), parse);
      const wanted = config?.accounts ? list(config.accounts.addresses, address, 100) : null;
      const replaced = config?.replaceRecentBlockhash === true;
      if (replaced && config?.sigVerify === true) throw invalid('sigVerify may not be used with replaceRecentBlockhash');
      const { err, logs, units, accounts } = devnet.simulate(transaction, bank, { verify: config?.sigVerify === true, anyBlockhash: replaced });
      if (err === 'SignatureFailure') throw unverified();
      return inContext(bank, {
        err, logs, unitsConsumed: units, returnData: null, innerInstructions: null,
        accounts: wanted && (err === null ? wanted.map(key => show(accounts.get(key) ?? reader(devnet.bank('processed'))(key), reader(bank), config.accounts.encoding)) : wanted.map(() => null)),
        replacementBlockhash: replaced ? { blockhash: bank.parent, lastValidBlockHeight: devnet.lastValidHeight(bank) } : undefined,
      });
    },
    sendTransaction: (text, config) => {
      const transaction = decoded(binary(text, config?.encoding), parse);
      if (config?.skipPreflight !== true) {
        const result = devnet.simulate(transaction, bankOf({ commitment: config?.preflightCommitment, minContextSlot: config?.minContextSlot }));
        if (result.err === 'SignatureFailure') throw unverified();
        if (result.err !== null) throw failure(result);
      }
      // What the leader does not take is not told: the signature is all the sender gets.
      devnet.execute(transaction);
      return transaction.signature;
    },
    getSignatureStatuses: (signatures, config) => inContext(devnet.bank('processed'), list(signatures, signature, 256).map(text => {
      const found = devnet.find(text);
      if (!found || (found.depth > 150 && config?.searchTransactionHistory !== true)) return null;
      const { record, depth, status } = found;
      return {
        slot: record.slot, confirmations: status === 'finalized' ? null : depth, err: record.err,
        status: record.err === null ? { Ok: null } : { Err: record.err }, confirmationStatus: status,
      };
    })),
    getTransaction: (text, config) => {
      const { commitment = 'finalized', encoding = 'json', maxSupportedTransactionVersion } = typeof config === 'string' ? { encoding: config } : config ?? {};
      if (commitment === 'processed') throw invalid('Method does not support commitment below `confirmed`');
      const found = devnet.find(signature(text));
      if (!found || found.record.slot > bankOf({ commitment }).slot) return null;
      if (found.record.transaction.version !== 'legacy' && maxSupportedTransactionVersion === undefined)
        throw new RpcError(-32015, 'Transaction version (0) is not supported by the requesting client. Please try the request again with the following configuration parameter: "maxSupportedTransactionVersion": 0');
      return showTransaction(found, encoding);
    },
    getSignaturesForAddress: (key, config) => {
      const { limit = 1000, before, until, commitment = 'finalized' } = config ?? {};
      if (commitment === 'processed') throw invalid('Method does not support commitment below `confirmed`');
      const bank = bankOf({ commitment, minContextSlot: config?.minContextSlot });
      let all = devnet.history(address(key)).filter(({ record }) => record.slot <= bank.slot);
      const indexOf = text => all.findIndex(({ record }) => record.transaction.signature === signature(text));
      if (until !== undefined && indexOf(until) >= 0) all = all.slice(0, indexOf(until));
      if (before !== undefined) all = all.slice(indexOf(before) < 0 ? all.length : indexOf(before) + 1);
      return all.slice(0, whole(limit, 1000)).map(({ record, status }) => ({
        signature: record.transaction.signature, slot: record.slot, err: record.err, memo: memoOf(record), blockTime: record.time, confirmationStatus: status,
      }));
    },
    requestAirdrop: (key, lamports) => devnet.airdrop(address(key), BigInt(whole(lamports))),
    devnet_advanceSlots: count => {
      devnet.advance(whole(count, SLOTS_MAX));
      return devnet.bank('processed').slot;
    },
    devnet_snapshot: () => devnet.snapshot(),
    devnet_revert: id => {
      devnet.revert(whole(id));
      return devnet.bank('processed').slot;
    },
    devnet_setDropping: value => (devnet.isDropping = value === true),
  };
}

export function api(devnet) {
  const table = new Map(Object.entries(methods(devnet)));

  const call = request => {
    const id = request?.id ?? null;
    try {
      const { method, params = [] } = request;
      if (typeof method !== 'string' || !Array.isArray(params)) throw new RpcError(-32600, 'Invalid request');
      if (!table.has(method)) throw new RpcError(-32601, 'Method not found');
      return { jsonrpc: '2.0', result: table.get(method)(...params) ?? null, id };
    } catch (error) {
      const { code = -32603, message, data } = error ?? {};
      return { jsonrpc: '2.0', error: { code: Number.isInteger(code) ? code : -32603, message: message ?? 'Invalid request', data }, id };
    }
  };

  const answer = async request => {
    if (request.method === 'GET' && request.url === '/health') return [200, '"ok"'];
    if (request.method !== 'POST') return [405, json({ error: 'POST only' })];
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) if ((body += chunk).length > BODY_MAX) return [413, json({ error: 'too long' })];
    let parsed;
    try {
      parsed = JSON.parse(body);
    } catch {
      return [200, json({ jsonrpc: '2.0', error: { code: -32700, message: 'Parse error' }, id: null })];
    }
    if (!Array.isArray(parsed)) return [200, json(call(parsed))];
    if (parsed.length === 0 || parsed.length > BATCH_MAX) return [200, json({ jsonrpc: '2.0', error: { code: -32600, message: 'Invalid request' }, id: null })];
    return [200, json(parsed.map(call))];
  };

  return (request, response) =>
    answer(request)
      .catch(error => [400, json({ error: error.message })])
      .then(([status, body]) => response.writeHead(status, { 'content-type': 'application/json' }).end(body));
}
