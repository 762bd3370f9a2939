// The story of tests/interop/openapi/story.ts over gRPC. Reads one line of JSON that says where and as whom, and writes one
// that says what came of it.
import grpc from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { approval, ed25519 } from '../interop/signing.mjs';
import { connect, v1 } from './client-signed.mjs';

const chain = 'eip155:31337', ether = 10n ** 18n;

async function until(read, isEnough) {
  for (const begun = Date.now(); ;) {
    const value = await read().catch((e) => { if (e.code === grpc.status.FAILED_PRECONDITION) return undefined; throw e; });
    if (value !== undefined && isEnough(value))
      return value;
    if (Date.now() - begun > 120_000)
      throw new Error(`not in two minutes: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const anvil = (url, method, ...params) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });

// google.protobuf.Struct as proto-loader has it.
const value = (v) => Array.isArray(v) ? { listValue: { values: v.map(value) } }
  : typeof v === 'object' ? { structValue: struct(v) } : typeof v === 'number' ? { numberValue: v } : { stringValue: v };
const struct = (o) => ({ fields: Object.fromEntries(Object.entries(o).map(([k, v]) => [k, value(v)])) });

async function story(told) {
  const as = (Service) => connect(Service, told.address, told.keyId, ed25519(Buffer.from(told.seed, 'hex')));
  const [vaults, wallets, transfers, governance] = [v1.Vaults, v1.Wallets, v1.Transfers, v1.Governance].map(as);
  const approve = (hash, member) => struct(approval(hash, member, 'laptop', ed25519(Buffer.from(told.devices[member], 'hex'))));
  const once = () => ({ 'idempotency-key': randomUUID() });

  // A vault, a wallet in it, and its keys: by a ceremony that two administrators order.
  const vault = await vaults.createVault({ name: 'Operations' }, once());
  const wallet = await wallets.createWallet({ vault: vault.id, name: 'treasury' });
  const { genesis } = await governance.getDeployment({});
  const order = {
    quorateCeremony: 1, deployment: genesis, id: 'make-treasury', expiresAt: new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, ''),
    ceremony: { createWallet: { wallet: 'treasury', threshold: 2, nodes: ['node-1', 'node-2', 'node-3'], schemes: ['ecdsa'] } },
  };
  const ordered = await governance.createCeremony({ order: struct(order), by: 'alice' });
  for (const member of ['alice', 'bob'])
    await governance.approveCeremony({ ceremony: ordered.id, approval: approve(ordered.hash, member) });
  const ceremony = await until(() => governance.getCeremony({ ceremony: ordered.id }), (c) => c.status === 'done' || c.status === 'failed');
  if (ceremony.status !== 'done')
    throw new Error(ceremony.outcome);
  await until(() => wallets.getWallet({ wallet: wallet.id }), (w) => w.keys.length > 0);

  // An address, with twenty ether.
  const { address } = await wallets.createAddress({ wallet: wallet.id, chain });
  await anvil(told.anvil, 'anvil_setBalance', address, `0x${(20n * ether).toString(16)}`);
  await anvil(told.anvil, 'anvil_mine', '0x1');
  await until(() => wallets.getBalances({ wallet: wallet.id }), (b) => b.balances.some((x) => x.available === `${20n * ether}`));

  const payment = (amount) => ({ wallet: wallet.id, asset: `${chain}/slip44:60`, amount: `${amount}`, to: told.to, maxFee: '5000000000000000' });
  const get = (transfer) => transfers.getTransfer({ transfer });

  // Too much: a preview says so, and the transfer is denied with the rules that were asked.
  const preview = await transfers.previewTransfer(payment(6n * ether));
  const tooMuch = await transfers.createTransfer(payment(6n * ether), once());
  const denied = await until(() => get(tooMuch.id), (t) => t.status === 'denied');

  // A small one takes its initiator's approval.
  const [key, request] = [once(), { ...payment(ether / 2n), externalId: 'invoice-1' }];
  const small = await transfers.createTransfer(request, key);
  const again = await transfers.createTransfer(request, key);
  const waiting = await until(() => get(small.id), (t) => t.status === 'pending_approval' && t.transactions.length > 0);
  await transfers.approveTransfer({ transfer: small.id, approval: approve(waiting.transactions.at(-1).intentHash, 'alice') });
  await until(() => get(small.id), (t) => ['broadcast', 'confirming', 'confirmed', 'finalized'].includes(t.status));
  await anvil(told.anvil, 'anvil_mine', '0x1');
  const confirmed = await until(() => get(small.id), (t) => t.status === 'confirmed' || t.status === 'finalized');
  const receipt = await until(() => transfers.getReceipt({ transfer: small.id }), () => true);

  // The same under another key is refused.
  const duplicate = await transfers.createTransfer(request, once()).catch((e) => e);
  return {
    previewed: preview.transfer.decision.verdict, denied: denied.decision.trace, isReplay: `${again.id === small.id}`,
    confirmed: confirmed.id, receipt: receipt.document.toString('base64'), duplicate: duplicate.code === grpc.status.ALREADY_EXISTS ? 'external_id_taken' : `${duplicate}`,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await story(JSON.parse(line)))}\n`);
  break;
}
process.exit(0);
