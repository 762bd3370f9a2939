// Runs bcoin on regtest, in memory, behind 127.0.0.1: node launch.mjs PORT
import { serve } from '../serve.mjs';
import { api } from './api.mjs';
import { Devnet } from './node.mjs';

const [port] = process.argv.slice(2);
if (!/^[0-9]{1,5}$/.test(port ?? '')) {
  console.error('usage: node launch.mjs PORT');
  process.exit(64);
}

const devnet = await Devnet.start();
serve(port, api(devnet), () => `bcoin at height ${devnet.height}`);
