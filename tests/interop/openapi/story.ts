// From an empty server to a transfer that was denied, one that was approved and confirmed, and its receipt. Reads one line of
// JSON that says where and as whom, and writes one that says what came of it.
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { approval, ed25519 } from '../signing.mjs';
import { answer, connect, Refused } from './client.js';

interface Told {
  url: string; keyId: string; seed: string; devices: Record<string, string>; anvil: string; to: string;
}

const chain = 'eip155:31337', ether = 10n ** 18n;

async function until<T>(read: () => Promise<T>, isEnough: (value: T) => boolean): Promise<T> {
  for (const begun = Date.now(); ;) {
    const value = await read().catch((e: unknown) => { if (e instanceof Refused && e.problem.retryable) return undefined; throw e; });
    if (value !== undefined && isEnough(value))
      return value;
    if (Date.now() - begun > 120_000)
      throw new Error(`not in two minutes: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function anvil(url: string, method: string, ...params: unknown[]): Promise<void> {
  await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });
}

async function story(told: Told) {
  const api = connect(told.url, told.keyId, ed25519(Buffer.from(told.seed, 'hex')));
  const approve = (hash: string, member: string) => approval(hash, member, 'laptop', ed25519(Buffer.from(told.devices[member]!, 'hex')));
  const once = () => ({ 'Idempotency-Key': randomUUID() });

  // A vault, a wallet in it, and its keys: by a ceremony that two administrators order.
  const vault = await answer(api.POST('/v1/vaults', { params: { header: once() }, body: { name: 'Operations' } }));
  const wallet = await answer(api.POST('/v1/wallets', { body: { vault: vault.id, name: 'treasury' } }));
  const { genesis } = await answer(api.GET('/v1/deployment'));
  const order = {
    quorateCeremony: 1, deployment: genesis, id: 'make-treasury', expiresAt: new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, ''),
    ceremony: { createWallet: { wallet: 'treasury', threshold: 2, nodes: ['node-1', 'node-2', 'node-3'], schemes: ['ecdsa'] } },
  };
  const ordered = await answer(api.POST('/v1/ceremonies', { body: { order, by: 'alice' } }));
  for (const member of ['alice', 'bob'])
    await answer(api.POST('/v1/ceremonies/{ceremony}:approve', { params: { path: { ceremony: ordered.id } }, body: { approval: approve(ordered.hash, member) } }));
  const ceremony = await until(() => answer(api.GET('/v1/ceremonies/{ceremony}', { params: { path: { ceremony: ordered.id } } })), (c) => c.status === 'done' || c.status === 'failed');
  if (ceremony.status !== 'done')
    throw new Error(ceremony.outcome);
  await until(() => answer(api.GET('/v1/wallets/{wallet}', { params: { path: { wallet: wallet.id } } })), (w) => w.keys.length > 0);

  // An address, with twenty ether.
  const address = await answer(api.POST('/v1/wallets/{wallet}/addresses', { params: { path: { wallet: wallet.id } }, body: { chain } }));
  await anvil(told.anvil, 'anvil_setBalance', address.address, `0x${(20n * ether).toString(16)}`);
  await anvil(told.anvil, 'anvil_mine', '0x1');
  await until(() => answer(api.GET('/v1/wallets/{wallet}/balances', { params: { path: { wallet: wallet.id } } })), (b) => b.balances.some((x) => x.available === `${20n * ether}`));

  const payment = (amount: bigint) => ({ wallet: wallet.id, asset: `${chain}/slip44:60`, amount: `${amount}`, to: told.to, maxFee: '5000000000000000' });
  const get = (id: string) => answer(api.GET('/v1/transfers/{transfer}', { params: { path: { transfer: id } } }));

  // Too much: a preview says so, and the transfer is denied with the rules that were asked.
  const preview = await answer(api.POST('/v1/transfers:preview', { body: payment(6n * ether) }));
  const tooMuch = await answer(api.POST('/v1/transfers', { params: { header: once() }, body: payment(6n * ether) }));
  const denied = await until(() => get(tooMuch.id), (t) => t.status === 'denied');

  // A small one takes its initiator's approval.
  const key = once();
  const small = await answer(api.POST('/v1/transfers', { params: { header: key }, body: { ...payment(ether / 2n), externalId: 'invoice-1' } }));
  const again = await api.POST('/v1/transfers', { params: { header: key }, body: { ...payment(ether / 2n), externalId: 'invoice-1' } });
  const waiting = await until(() => get(small.id), (t) => t.status === 'pending_approval' && t.transactions.length > 0);
  await answer(api.POST('/v1/transfers/{transfer}:approve', { params: { path: { transfer: small.id } }, body: { approval: approve(waiting.transactions.at(-1)!.intentHash, 'alice') } }));
  await until(() => get(small.id), (t) => ['broadcast', 'confirming', 'confirmed', 'finalized'].includes(t.status));
  await anvil(told.anvil, 'anvil_mine', '0x1');
  const confirmed = await until(() => get(small.id), (t) => t.status === 'confirmed' || t.status === 'finalized');
  const receipt = await until(() => answer(api.GET('/v1/transfers/{transfer}/receipt', { params: { path: { transfer: small.id } } })), () => true);

  // The same under another key is refused, with a code that the document names.
  const duplicate = await api.POST('/v1/transfers', { params: { header: once() }, body: { ...payment(ether / 2n), externalId: 'invoice-1' } });
  return {
    previewed: preview.transfer?.decision?.verdict, denied: denied.decision?.trace, isReplay: again.response.headers.get('idempotency-replayed'),
    confirmed: confirmed.id, receipt: receipt.document, duplicate: duplicate.error?.code,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await story(JSON.parse(line) as Told))}\n`);
  break;
}
process.exit(0);
