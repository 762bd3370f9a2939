// Runs bcoin on regtest behind 127.0.0.1: node launch.mjs PORT [BLOCKS]
// In memory; or, with a file for its blocks, where it was when it ended, and then it mines by itself, a block a second, while
// something waits and until the last payment is six blocks deep.
import { serve } from '../serve.mjs';
import { api } from './api.mjs';
import { Devnet } from './node.mjs';

const SETTLED_DEPTH = 6;

const [port, blocks] = process.argv.slice(2);
if (!/^[0-9]{1,5}$/.test(port ?? '')) {
  console.error('usage: node launch.mjs PORT [BLOCKS]');
  process.exit(64);
}

const devnet = await Devnet.start(blocks);
if (blocks !== undefined) {
  let left = SETTLED_DEPTH;
  setInterval(async () => {
    if (devnet.waiting > 0) left = SETTLED_DEPTH;
    else if (left-- <= 0) return;
    await devnet.mine(1);
  }, 1000);
}
serve(port, api(devnet), () => `bcoin at height ${devnet.height}`);
