// Runs bcoin on regtest, in memory, behind 127.0.0.1: node launch.mjs PORT
// Ends on SIGTERM or SIGINT and when standard input ends, so that it does not outlive who started it.
import { createServer } from 'node:http';
import { api } from './api.mjs';
import { Devnet } from './node.mjs';

const [port] = process.argv.slice(2);
if (!/^[0-9]{1,5}$/.test(port ?? '')) {
  console.error('usage: node launch.mjs PORT');
  process.exit(64);
}

const devnet = await Devnet.start();
const server = createServer(api(devnet));
const stop = () => {
  server.closeAllConnections();
  process.exit(0);
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.stdin.on('end', stop).on('error', stop).resume();
server.on('error', error => {
  console.error(`can not listen on port ${port}: ${error.message}`);
  process.exit(70);
});
server.listen(Number(port), '127.0.0.1', () => console.log(`bcoin at height ${devnet.height} on port ${port}`));
