// Computes a published transcript again, from its seeds alone, and compares every byte that it shows.
//   node dkls23-replay.mjs ../../docs/vectors/dkls23-2-of-3.json
// Written from docs/spec, so that what the pages do not say would be found missing here.
import { readFileSync } from 'node:fs';
import { point, sha256 } from './dkls23/hashes.mjs';
import { derive, keygen, online, presign, sign } from './dkls23/parties.mjs';

const hex = bytes => Buffer.from(bytes).toString('hex');
let compared = 0;

function same(what, expected, found) {
  compared++;
  if (expected !== found) {
    console.error(`${what}: the file says\n  ${expected}\nand here it is\n  ${found}`);
    process.exit(1);
  }
}

function sameBytes(what, expected, bytes) {
  same(`${what}, size`, expected.size, bytes.length);
  if (expected.bytes !== undefined) return same(what, expected.bytes, hex(bytes));
  same(`${what}, start`, expected.start, hex(bytes.subarray(0, 64)));
  same(`${what}, digest`, expected.sha256, hex(sha256(bytes)));
}

function sameMessages(what, expected, session) {
  same(`${what}, context`, expected.context, hex(session.context));
  let shown = 0;
  for (const message of expected.messages) {
    const said = session.said.filter(s =>
      s.round === message.round && s.echo === message.echo && s.from === message.from && (message.to === 0 || s.to === message.to));
    if (said.length === 0) same(`${what}, messages`, JSON.stringify(message), 'nothing');
    for (const one of said)
      sameBytes(`${what}, round ${message.round}${message.echo ? ' echo' : ''}, ${message.from} to ${one.to}`, message, one.bytes);
    shown += said.length;
  }
  same(`${what}, number of messages`, session.said.length, shown);
}

function sameSignature(what, run, key, signed) {
  sameMessages(what, run, signed.session);
  same(`${what}, key`, run.output.publicKey, hex(point(key.groupKey)));
  same(`${what}, signature`, run.output.signature, hex(signed.signature));
  same(`${what}, recovery id`, run.output.recoveryId, signed.recoveryId);
}

const streamsOf = run => new Map(run.random.map(r => [r.party, r]));
const bytes = text => Buffer.from(text, 'hex');

for (const file of process.argv.slice(2)) {
  const vector = JSON.parse(readFileSync(file, 'utf8'));
  const parties = Array.from({ length: vector.parties }, (_, k) => k + 1);
  const { session, key } = keygen(vector.threshold, parties, bytes(vector.keygen.sessionId), streamsOf(vector.keygen));
  sameMessages('keygen', vector.keygen, session);
  const { output } = vector.keygen;
  same('set-up id', output.setupId, hex(key.setupId));
  same('group key', output.groupKey, hex(point(key.groupKey)));
  same('chain code', output.chainCode, hex(key.chainCode));
  for (const { party, signingShare } of output.shares)
    same(`share of ${party}`, signingShare, key.shares.get(party).toString(16).padStart(64, '0'));

  for (const run of vector.sign) {
    const child = derive(key, run.path);
    const signed = sign(child, run.quorum, bytes(run.sessionId), bytes(run.digest), streamsOf(run));
    sameSignature(`sign ${run.path}`, run, child, signed);
  }

  for (const { presign: ahead, online: run } of vector.presigned) {
    const parent = derive(key, ahead.path);
    const presignature = presign(parent, ahead.quorum, bytes(ahead.sessionId), streamsOf(ahead));
    sameMessages(`presign ${ahead.path}`, ahead, presignature.session);
    same(`presign ${ahead.path}, id`, ahead.output.presignatureId, hex(presignature.id));
    const signed = online(parent, presignature, ahead.quorum, run.path, bytes(run.sessionId), bytes(run.digest));
    sameSignature(`online ${run.path}`, run, signed.child, signed);
  }
}
console.log(`${compared} values are the same`);
