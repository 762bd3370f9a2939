// Runs anvil on 127.0.0.1 in the foreground: node launch.mjs PORT [--settle] [ANVIL OPTIONS]
// Ends, and anvil with it, on SIGTERM and when standard input ends, so that it does not outlive who started it. With --settle
// blocks follow a block with transactions, one a second, until that is six deep; and what waits gets one.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { endWith } from '../serve.mjs';

const SETTLED_DEPTH = 6;

const [port, ...given] = process.argv.slice(2);
const options = given.filter(option => option !== '--settle');
if (!/^[0-9]{1,5}$/.test(port ?? '')) {
  console.error('usage: node launch.mjs PORT [--settle] [ANVIL OPTIONS]');
  process.exit(64);
}

const machine = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
let binary;
try {
  binary = createRequire(import.meta.url).resolve(`@foundry-rs/anvil-${machine}/bin/anvil`);
} catch {
  console.error(`anvil is not installed, or there is none for ${machine}: run npm ci in devnet/ethereum`);
  process.exit(69);
}

// In a process group of its own: what Ctrl-C sends to a terminal's is not for anvil.
const anvil = spawn(binary, ['--host', '127.0.0.1', '--port', port, ...options], { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
// Ends it where nobody here can any more: its input ends with this process, however that ends.
spawn('/bin/sh', ['-c', 'read -r _; kill "$0" 2>/dev/null', `${anvil.pid}`], { stdio: ['pipe', 'ignore', 'ignore'], detached: true }).unref();
let stopping = false;
endWith(() => {
  stopping = true;
  anvil.kill('SIGTERM');
});
anvil.on('error', error => {
  console.error(`anvil does not start: ${error.message}`);
  process.exit(70);
});
anvil.on('exit', code => process.exit(stopping ? 0 : (code ?? 1)));

const call = async (method, ...params) => {
  const response = await fetch(`http://127.0.0.1:${port}`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return (await response.json()).result;
};
let left = SETTLED_DEPTH;
const settle = async () => {
  const waiting = (await call('txpool_status')).pending !== '0x0';
  if (waiting || (await call('eth_getBlockByNumber', 'latest', false)).transactions.length > 0) left = SETTLED_DEPTH;
  if (!waiting && left-- <= 0) return;
  await call('evm_mine');
};
// Before anvil answers and while it ends nothing does.
if (given.includes('--settle')) setInterval(() => settle().catch(() => {}), 1000);
