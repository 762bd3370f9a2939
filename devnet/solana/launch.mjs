// Runs the SVM behind 127.0.0.1: node launch.mjs PORT [MILLISECONDS PER SLOT] [STATE]
// With 0 milliseconds slots pass only when devnet_advanceSlots says so. With a file for its state it goes on where it was when
// it ended; after a crash, where it was at most ten seconds before.
import { keep, kept, serve } from '../serve.mjs';

const [port, pace = '400', file] = process.argv.slice(2);
if (!/^[0-9]{1,5}$/.test(port ?? '') || !/^[0-9]{1,6}$/.test(pace)) {
  console.error('usage: node launch.mjs PORT [MILLISECONDS PER SLOT] [STATE]');
  process.exit(64);
}

const [{ Devnet }, { api }] = await Promise.all([import('./node.mjs'), import('./api.mjs')]).catch(error => {
  console.error(`litesvm is not installed, or there is none for ${process.platform}-${process.arch}: run npm ci in devnet/solana (${error.message})`);
  process.exit(69);
});
const devnet = new Devnet(file === undefined ? undefined : kept(file));
let saved;
const save = () => {
  if (file === undefined) return;
  keep(file, devnet.toBytes());
  saved = devnet.transactionCount;
};
if (pace !== '0') setInterval(() => devnet.advance(1), Number(pace));
if (file !== undefined) setInterval(() => saved !== devnet.transactionCount && save(), 10_000);
serve(port, api(devnet), () => `litesvm at slot ${devnet.bank('processed').slot}`, save);
