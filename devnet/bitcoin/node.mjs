// A bcoin node with what an explorer and a faucet need on top: which transaction pays or spends a script.
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { kept } from '../serve.mjs';

// Without it bcoin wants compiled addons; the JavaScript ones do the same.
process.env.NODE_BACKEND = 'js';
const load = createRequire(import.meta.url);
const bcoin = load('bcoin');
const { bech32 } = load('bstring');
const { Address, Block, FullNode, KeyRing, MTX, TX } = bcoin;

// Segregated witness is signalled block by block: regtest counts in windows of 144, and it is active after the third.
const FIRST_BLOCKS = 440;
const MATURITY = 100;
const RELAY_RATE = 1000; // satoshi for 1000 virtual bytes

/** A transaction that the node refuses; `code` is Bitcoin Core's, `message` the reject reason. */
export class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** The id as people write it of the hash as bcoin keeps it, and the reverse. */
export const reversed = hex => Buffer.from(hex, 'hex').reverse().toString('hex');

// Regtest's prefix is bcrt everywhere but in bcoin, which calls it rb.
const addressOf = text => {
  if (!text.startsWith('bcrt1')) return Address.fromString(text);
  const { version, hash } = bech32.decode(text);
  return Address.fromProgram(version, hash);
};

// BIP 125; bcoin's own test leaves out transactions of version 2.
const signals = tx => tx.inputs.some(input => input.sequence < 0xfffffffe);

export const scriptHash = output => createHash('sha256').update(output.script.toRaw()).digest('hex');

export class Devnet {
  #node;
  #faucet;
  #spent = new Set(); // outputs of the faucet that are spoken for
  #blocks = new Map(); // by hash: they never change
  #indexed = null;
  #confirmed = new Map(); // id → { tx, height, block }
  #spenders = new Map(); // "id:index" → id
  #scripts = new Map(); // script hash → [{ id, index }]
  #record; // the file that says how the chain came about

  /** A chain of its own, or the one that a file has recorded, and records on. */
  static async start(record = undefined) {
    const devnet = new Devnet();
    bcoin.set('regtest');
    devnet.#node = new FullNode({
      network: 'regtest', memory: true, workers: false, listen: false, requireStandard: true, replaceByFee: true, logLevel: 'error',
    });
    // Its own server has one port for all regtest nodes of a machine; what is asked comes through ours.
    devnet.#node.http = { open: async () => {}, close: async () => {} };
    await devnet.#node.open();
    devnet.#faucet = KeyRing.fromPrivate(createHash('sha256').update('quorate devnet faucet').digest());
    devnet.#faucet.witness = true;
    if (record !== undefined) await devnet.#repeat(kept(record)?.toString() ?? '');
    devnet.#record = record;
    if (devnet.height < FIRST_BLOCKS) await devnet.mine(FIRST_BLOCKS - devnet.height);
    return devnet;
  }

  // A line each: a block, or the hash of one that was taken back. One that was cut off by a crash has no line end.
  async #repeat(lines) {
    for (const line of lines.split('\n').slice(0, -1)) {
      const [what, hex] = line.split(' ');
      if (what === 'invalidate') await this.#node.chain.invalidate(hex);
      else await this.#node.chain.add(Block.fromRaw(hex, 'hex'));
    }
  }

  #note(what, hex) {
    if (this.#record !== undefined) appendFileSync(this.#record, `${what} ${hex}\n`);
  }

  /** How many transactions are in no block. */
  get waiting() {
    return this.#node.mempool.map.size;
  }

  get height() {
    return this.#node.chain.height;
  }

  async blockHash(height) {
    const hash = height <= this.height ? await this.#node.chain.getHash(height) : null;
    return hash === null ? null : reversed(hash);
  }

  async mine(count, address = undefined) {
    const to = address === undefined ? this.#faucet.getAddress() : addressOf(address);
    for (let i = 0; i < count; i++) {
      const block = await this.#node.miner.cpu.mineBlock(null, to);
      if (!(await this.#node.chain.add(block))) throw new Error('the node does not take its own block');
      this.#note('block', block.toRaw().toString('hex'));
    }
  }

  /** Takes blocks back from the one of this hash on; their transactions wait again, as in Bitcoin Core. */
  async invalidate(hash) {
    const height = await this.#node.chain.getHeight(reversed(hash));
    if (height < 1) throw new Refused(-5, 'Block not found');
    const lost = [];
    for (let h = height; h <= this.height; h++) lost.push(...(await this.#node.chain.getBlock(h)).txs.slice(1));
    const waiting = this.#mempool().map(entry => entry.tx);
    await this.#node.chain.invalidate(reversed(hash));
    this.#note('invalidate', reversed(hash));
    await this.#node.mempool.reset(); // bcoin's own reset comes before the chain has its new tip
    for (const tx of [...lost, ...waiting]) await this.#node.mempool.addTX(tx).catch(() => {});
  }

  /** Pays from the faucet, and mines the payment unless told otherwise. */
  async fund(address, amount, confirm = true) {
    const mtx = new MTX();
    mtx.addOutput(addressOf(address), amount);
    const script = scriptHash({ script: bcoin.Script.fromAddress(this.#faucet.getAddress()) });
    const coins = [];
    for (const { point, coin } of await this.coinsOf(script)) {
      if (this.#spent.has(point) || coin.height < 0 || (coin.coinbase && this.height - coin.height < MATURITY)) continue;
      coins.push(coin);
      if (coins.reduce((sum, c) => sum + c.value, 0) > amount + 1_000_000) break;
    }
    await mtx.fund(coins, { rate: 10_000, changeAddress: this.#faucet.getAddress(), height: this.height });
    mtx.sign(this.#faucet);
    const id = await this.send(mtx.toTX());
    for (const input of mtx.inputs) this.#spent.add(`${input.prevout.txid()}:${input.prevout.index}`);
    if (confirm) await this.mine(1);
    return id;
  }

  parse(hex) {
    try {
      return TX.fromRaw(hex, 'hex');
    } catch {
      throw new Refused(-22, 'TX decode failed');
    }
  }

  /** Offers a transaction to the memory pool. bcoin knows no replacement, so BIP 125's rules 1, 3 and 4 stand here. */
  async send(tx) {
    const pool = this.#node.mempool;
    const rivals = new Set();
    for (const { prevout } of tx.inputs) {
      const rival = pool.getSpent(prevout.hash, prevout.index);
      if (rival && rival.tx.hash('hex') !== tx.hash('hex')) rivals.add(rival);
    }
    const evicted = [];
    if (rivals.size > 0) {
      if ([...rivals].some(rival => !signals(rival.tx))) throw new Refused(-26, 'txn-mempool-conflict');
      const collect = entry => {
        if (evicted.includes(entry)) return;
        evicted.push(entry);
        for (let i = 0; i < entry.tx.outputs.length; i++) {
          const child = pool.getSpent(entry.tx.hash('hex'), i);
          if (child) collect(child);
        }
      };
      [...rivals].forEach(collect);
      const fee = await this.#feeOf(tx);
      const size = tx.getVirtualSize();
      const before = evicted.reduce((sum, entry) => sum + entry.fee, 0);
      if (fee < before + Math.ceil((RELAY_RATE * size) / 1000)) throw new Refused(-26, 'insufficient fee, rejecting replacement');
      if ([...rivals].some(rival => fee / size <= rival.fee / rival.tx.getVirtualSize())) throw new Refused(-26, 'insufficient fee, rejecting replacement');
      for (const rival of rivals) if (pool.hasEntry(rival.tx.hash('hex'))) pool.evictEntry(rival);
    }
    try {
      const missing = await pool.addTX(tx);
      if (missing) throw new Refused(-25, 'bad-txns-inputs-missingorspent');
    } catch (error) {
      for (const entry of evicted) await pool.addTX(entry.tx).catch(() => {});
      if (error.type === 'VerifyError')
        throw new Refused(error.code === 'alreadyknown' ? -27 : -26, error.reason === 'insufficient-fee' ? 'min relay fee not met' : error.reason);
      throw error;
    }
    return tx.txid();
  }

  async #feeOf(tx) {
    let sum = 0;
    for (const { prevout } of tx.inputs) {
      const place = await this.find(prevout.txid());
      if (!place || prevout.index >= place.tx.outputs.length) throw new Refused(-25, 'bad-txns-inputs-missingorspent');
      sum += place.tx.outputs[prevout.index].value;
    }
    return sum - tx.outputs.reduce((paid, output) => paid + output.value, 0);
  }

  /** { tx, height, block } of a transaction, height −1 in the memory pool; undefined for unknown. */
  async find(id) {
    await this.#sync();
    const waiting = this.#node.mempool.getTX(reversed(id));
    return waiting ? { tx: waiting, height: -1, block: null } : this.#confirmed.get(id);
  }

  /** The id of the transaction that spends an output, confirmed or waiting. */
  async spender(id, index) {
    await this.#sync();
    const waiting = this.#node.mempool.getSpent(reversed(id), index);
    return waiting ? waiting.tx.txid() : this.#spenders.get(`${id}:${index}`);
  }

  /** Unspent outputs of a script, those in the memory pool included. */
  async coinsOf(hash) {
    const found = [];
    for (const { id, index } of await this.#outputsOf(hash)) {
      if (await this.spender(id, index)) continue;
      const place = await this.find(id);
      const coin = bcoin.Coin.fromTX(place.tx, index, place.height);
      found.push({ point: `${id}:${index}`, id, index, coin, ...place });
    }
    return found;
  }

  /** Everything that pays or spends a script, newest first. */
  async historyOf(hash) {
    const ids = new Set();
    for (const { id, index } of await this.#outputsOf(hash)) {
      ids.add(id);
      const spender = await this.spender(id, index);
      if (spender) ids.add(spender);
    }
    const places = await Promise.all([...ids].map(async id => ({ id, ...(await this.find(id)) })));
    const rank = place => (place.height < 0 ? Infinity : place.height);
    return places.sort((a, b) => rank(b) - rank(a));
  }

  /** A method of the node's own RPC, as it answers it. */
  call(method, params) {
    return this.#node.rpc.execute({ method, params });
  }

  async #outputsOf(hash) {
    await this.#sync();
    const outputs = [...(this.#scripts.get(hash) ?? [])];
    for (const { tx } of this.#mempool())
      tx.outputs.forEach((output, index) => scriptHash(output) === hash && outputs.push({ id: tx.txid(), index }));
    return outputs;
  }

  #mempool() {
    return [...this.#node.mempool.map.values()];
  }

  // The chain is short: whenever its tip has changed the index is made anew, from blocks that are read once.
  async #sync() {
    const tip = this.#node.chain.tip.hash;
    if (this.#indexed === tip) return;
    const [confirmed, spenders, scripts] = [new Map(), new Map(), new Map()];
    for (let height = 1; height <= this.height; height++) {
      const hash = await this.#node.chain.getHash(height);
      if (!this.#blocks.has(hash)) {
        const block = await this.#node.chain.getBlock(hash);
        this.#blocks.set(hash, block.txs.map(tx => ({ tx, id: tx.txid(), outputs: tx.outputs.map(scriptHash) })));
      }
      for (const { tx, id, outputs } of this.#blocks.get(hash)) {
        confirmed.set(id, { tx, height, block: reversed(hash) });
        if (!tx.isCoinbase()) for (const { prevout } of tx.inputs) spenders.set(`${prevout.txid()}:${prevout.index}`, id);
        outputs.forEach((script, index) => {
          if (!scripts.has(script)) scripts.set(script, []);
          scripts.get(script).push({ id, index });
        });
      }
    }
    [this.#confirmed, this.#spenders, this.#scripts, this.#indexed] = [confirmed, spenders, scripts, tip];
  }
}
