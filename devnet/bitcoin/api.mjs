// Esplora's REST API and Bitcoin Core's JSON-RPC, as far as a wallet calls them, over one node. POST /faucet and POST /mine
// are the devnet's own. Amounts are satoshi in REST and bitcoin in RPC, as in the originals.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { Refused, reversed } from './node.mjs';

const { Address, Script } = createRequire(import.meta.url)('bcoin');
const BODY_MAX = 5_000_000;

const text = (body, status = 200) => ({ status, type: 'text/plain', body: String(body) });
const json = (body, status = 200) => ({ status, type: 'application/json', body: JSON.stringify(body) });
const notFound = what => text(`${what} not found`, 404);
const bitcoin = satoshi => Number((satoshi / 1e8).toFixed(8));
const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');
const statusOf = place =>
  place.height < 0 ? { confirmed: false } : { confirmed: true, block_height: place.height, block_hash: place.block };

export function api(devnet) {
  const describe = place => ({
    txid: place.tx.txid(), version: place.tx.version, locktime: place.tx.locktime, size: place.tx.getSize(), weight: place.tx.getWeight(),
    status: statusOf(place),
  });
  const scriptOf = (kind, value) => (kind === 'address' ? sha256(Script.fromAddress(Address.fromString(value)).toRaw()) : value);

  const routes = [
    ['GET', /^\/blocks\/tip\/height$/, async () => text(devnet.height)],
    ['GET', /^\/blocks\/tip\/hash$/, async () => text(await devnet.blockHash(devnet.height))],
    ['GET', /^\/block-height\/(\d{1,9})$/, async height => {
      const hash = await devnet.blockHash(Number(height));
      return hash === null ? notFound('Block') : text(hash);
    }],
    ['GET', /^\/tx\/([0-9a-f]{64})(?:\/(raw|hex|status))?$/, async (id, form) => {
      const place = await devnet.find(id);
      if (!place) return form === 'status' ? json({ confirmed: false }) : notFound('Transaction');
      if (form === 'raw') return { status: 200, type: 'application/octet-stream', body: place.tx.toRaw() };
      if (form === 'hex') return text(place.tx.toRaw().toString('hex'));
      return json(form === 'status' ? statusOf(place) : describe(place));
    }],
    ['GET', /^\/tx\/([0-9a-f]{64})\/outspend\/(\d{1,9})$/, async (id, index) => {
      if (!(await devnet.find(id))) return notFound('Transaction');
      const spender = await devnet.spender(id, Number(index));
      return json(spender ? { spent: true, txid: spender, status: statusOf(await devnet.find(spender)) } : { spent: false });
    }],
    ['GET', /^\/(address|scripthash)\/([0-9a-zA-Z]{1,90})\/utxo$/, async (kind, value) =>
      json((await devnet.coinsOf(scriptOf(kind, value))).map(c => ({ txid: c.id, vout: c.index, value: c.coin.value, status: statusOf(c) })))],
    ['GET', /^\/(address|scripthash)\/([0-9a-zA-Z]{1,90})\/txs(?:\/chain\/([0-9a-f]{64}))?$/, async (kind, value, last) => {
      const all = await devnet.historyOf(scriptOf(kind, value));
      const confirmed = all.filter(place => place.height >= 0);
      const from = last === undefined ? 0 : confirmed.findIndex(place => place.id === last) + 1;
      const page = confirmed.slice(from, from + 25);
      return json((last === undefined ? [...all.filter(place => place.height < 0), ...page] : page).map(describe));
    }],
    ['GET', /^\/fee-estimates$/, async () => json({ 1: 5, 2: 4.5, 3: 4, 6: 2.25, 144: 1 })],
    ['POST', /^\/tx$/, async (...args) => {
      try {
        return text(await devnet.send(devnet.parse(args.at(-1).trim())));
      } catch (error) {
        if (error instanceof Refused) return text(`sendrawtransaction RPC error: ${JSON.stringify({ code: error.code, message: error.message })}`, 400);
        throw error;
      }
    }],
    ['POST', /^\/faucet$/, async body => {
      const { address, amount, confirm } = JSON.parse(body);
      return json({ txid: await devnet.fund(address, Number(amount), confirm !== false) });
    }],
    ['POST', /^\/mine$/, async body => {
      const { blocks, address } = JSON.parse(body);
      await devnet.mine(Number(blocks), address);
      return json({ height: devnet.height });
    }],
    ['POST', /^\/$/, async body => {
      const { id = null, method, params = [] } = JSON.parse(body);
      try {
        return json({ result: await rpc(devnet, method, params), error: null, id });
      } catch (error) {
        return json({ result: null, error: { code: Number.isInteger(error.code) ? error.code : -1, message: error.message }, id }, 500);
      }
    }],
  ];

  const answer = async request => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) if ((body += chunk).length > BODY_MAX) return text('too long', 413);
    const { pathname } = new URL(request.url, 'http://127.0.0.1');
    for (const [method, path, handle] of routes) {
      const match = request.method === method && path.exec(pathname);
      if (match) return handle(...match.slice(1), ...(method === 'POST' ? [body] : []));
    }
    return notFound('Path');
  };

  return (request, response) =>
    answer(request)
      .catch(error => json({ error: { message: error.message } }, 400))
      .then(({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body));
}

async function rpc(devnet, method, params) {
  switch (method) {
    case 'getblockchaininfo':
      return { chain: 'regtest', blocks: devnet.height, bestblockhash: await devnet.blockHash(devnet.height) };
    case 'getblockhash': {
      const hash = await devnet.blockHash(params[0]);
      if (hash === null) throw new Refused(-8, 'Block height out of range');
      return hash;
    }
    case 'getrawtransaction': {
      const place = await devnet.find(params[0]);
      if (!place) throw new Refused(-5, 'No such mempool or blockchain transaction.');
      const hex = place.tx.toRaw().toString('hex');
      if (!params[1]) return hex;
      return place.height < 0 ? { hex } : { hex, blockhash: place.block, confirmations: devnet.height - place.height + 1 };
    }
    case 'scantxoutset': {
      const unspents = [];
      for (const descriptor of params[1]) {
        const [, raw] = /^raw\(([0-9a-f]*)\)$/.exec(descriptor) ?? [];
        if (raw === undefined) throw new Refused(-5, `only raw(HEX) is scanned here, not ${descriptor}`);
        // The real one knows blocks only: what waits is not in it, and what a waiting transaction spends still is.
        for (const place of await devnet.historyOf(sha256(Buffer.from(raw, 'hex'))))
          for (const [vout, output] of place.height < 0 ? [] : place.tx.outputs.entries()) {
            const spender = output.script.toRaw().toString('hex') === raw ? await devnet.spender(place.id, vout) : 'another script';
            if (spender === undefined || (await devnet.find(spender))?.height === -1)
              unspents.push({ txid: place.id, vout, scriptPubKey: raw, amount: bitcoin(output.value), height: place.height });
          }
      }
      return { success: true, height: devnet.height, unspents };
    }
    case 'gettxout': {
      const place = await devnet.find(params[0]);
      const output = place?.tx.outputs[params[1]];
      return !output || (await devnet.spender(params[0], params[1])) ? null : { value: bitcoin(output.value), confirmations: place.height < 0 ? 0 : devnet.height - place.height + 1 };
    }
    case 'gettxspendingprevout':
      return Promise.all(params[0].map(async ({ txid, vout }) => {
        const spender = await devnet.spender(txid, vout);
        return { txid, vout, ...(spender && (await devnet.find(spender)).height < 0 ? { spendingtxid: spender } : {}) };
      }));
    case 'estimatesmartfee':
      return { feerate: 0.0000225, blocks: params[0] };
    case 'sendrawtransaction':
      return devnet.send(devnet.parse(params[0]));
    case 'invalidateblock':
      await devnet.invalidate(params[0]);
      return null;
    default:
      return devnet.call(method, params);
  }
}
