// @0xcarbon/dkls23-wasm as a benchmark peer: one party's work in each phase, measured inside this process.
//   node carbon-dkls23.mjs [--threshold 2] [--parties 3] [--seconds 1]
// prints one JSON line per phase: {"peer":…,"phase":"keygen","unit":"ms","median":…,"lowest":…,"samples":…}
// Phases: keygen (a party's four steps), sign1 to sign4. Calls pass objects, which the package converts; that is part of it.
import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

globalThis.crypto ??= webcrypto;
const installed = new URL('../../../tests/interop/node_modules/@0xcarbon/dkls23-wasm/', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', installed), 'utf8'));
const print = line => process.stdout.write(JSON.stringify(line) + '\n');

// The package is an ES module that does not say so, and its logger speaks on the console.
for (const level of ['log', 'info', 'debug']) console[level] = () => {};
const source = readFileSync(new URL('dkls23_wasm.js', installed));
const dkls = await import(`data:text/javascript;base64,${source.toString('base64')}`);
dkls.initSync(readFileSync(new URL('dkls23_wasm_bg.wasm', installed)));

const { values: options } = parseArgs({
  options: {
    threshold: { type: 'string', default: '2' },
    parties: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '1' },
  },
});
const [threshold, parties, seconds] = [options.threshold, options.parties, options.seconds].map(Number);
const fresh = () => [...webcrypto.getRandomValues(new Uint8Array(32))];
const committee = Array.from({ length: parties }, (_, k) => k + 1);
const quorum = committee.slice(0, threshold);

/** What a phase returned; some come wrapped. */
function checked(result) {
  if (result?.Err !== undefined) throw new Error(JSON.stringify(result.Err));
  return result?.Ok ?? result;
}

/** Milliseconds of processor time, which other work on the machine does not lengthen. */
function now() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** One step of every party; the milliseconds are party 1's. */
function step(members, work) {
  let took = 0;
  const results = new Map();
  for (const i of members) {
    const begun = now();
    results.set(i, checked(work(i)));
    if (i === 1) took = now() - begun;
  }
  return { took, results };
}

const each = (round, item) => [...round.results.values()].map(r => r[item]);
const for_ = (round, item, i) => each(round, item).flat().filter(m => m.parties.receiver === i);
const byParty = (round, item) => new Map([...round.results].map(([i, r]) => [i, r[item]]));

function generateKey() {
  const session = fresh();
  const data = i => ({ parameters: { threshold, share_count: parties }, party_index: i, session_id: session });
  const one = step(committee, i => dkls.phase1_wasm_binding(data(i)));
  const two = step(committee, i => dkls.phase2_wasm_binding(data(i), [...one.results.values()].map(f => f[i - 1])));
  const three = step(committee, i => dkls.phase3_wasm_binding(data(i), two.results.get(i)[2], two.results.get(i)[4]));
  const four = step(committee, i => {
    const [mine2, mine3] = [two.results.get(i), three.results.get(i)];
    return dkls.phase4_wasm_binding(
      data(i), mine2[0], each(two, 1), mine3[0], for_(two, 3, i), for_(three, 1, i), mine3[2], for_(three, 3, i),
      byParty(two, 5), byParty(three, 4));
  });
  return { keys: four.results, took: one.took + two.took + three.took + four.took };
}

function sign(keys) {
  const [id, hash] = [fresh(), fresh()];
  const data = i => ({ sign_id: id, counterparties: quorum.filter(j => j !== i), message_hash: hash });
  const one = step(quorum, i => dkls.sign_phase1(keys.get(i), data(i)));
  const two = step(quorum, i =>
    dkls.sign_phase2(keys.get(i), data(i), one.results.get(i)[0], one.results.get(i)[1], for_(one, 2, i)));
  const three = step(quorum, i =>
    dkls.sign_phase3(keys.get(i), data(i), two.results.get(i)[0], two.results.get(i)[1], for_(two, 2, i)));
  const four = step(quorum, i => dkls.sign_phase4(keys.get(i), data(i), three.results.get(i)[0], each(three, 1), true));
  return { sign1: one.took, sign2: two.took, sign3: three.took, sign4: four.took };
}

/** Runs once() for the time given, but at least `least` times; a line for every phase. */
function measure(least, once) {
  const samples = {};
  let runs = 0;
  for (const until = performance.now() + 1000 * seconds; performance.now() < until || runs < least; runs++)
    for (const [phase, took] of Object.entries(once())) (samples[phase] ??= []).push(took);
  for (const [phase, taken] of Object.entries(samples)) {
    taken.sort((a, b) => a - b);
    print({
      peer: `@0xcarbon/dkls23-wasm ${version}`, runtime: `node ${process.version}`, threshold, parties,
      phase, unit: 'ms', median: taken[taken.length >> 1], lowest: taken[0], samples: taken.length,
    });
  }
}

// Key generation takes it a second for every peer of every party, so once has to do.
let keys;
measure(1, () => {
  const made = generateKey();
  keys = made.keys;
  return { keygen: made.took };
});
sign(keys);
measure(5, () => sign(keys));
