// Runs anvil on 127.0.0.1 in the foreground: node launch.mjs PORT [ANVIL OPTIONS]
// Ends, and anvil with it, on SIGTERM or SIGINT and when standard input ends, so that it does not outlive who started it.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const [port, ...options] = process.argv.slice(2);
if (!/^[0-9]{1,5}$/.test(port ?? '')) {
  console.error('usage: node launch.mjs PORT [ANVIL OPTIONS]');
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

const anvil = spawn(binary, ['--host', '127.0.0.1', '--port', port, ...options], { stdio: ['ignore', 'inherit', 'inherit'] });
let stopping = false;
const stop = () => {
  stopping = true;
  anvil.kill('SIGTERM');
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.stdin.on('end', stop).on('error', stop).resume();
anvil.on('error', error => {
  console.error(`anvil does not start: ${error.message}`);
  process.exit(70);
});
anvil.on('exit', code => process.exit(stopping ? 0 : (code ?? 1)));
