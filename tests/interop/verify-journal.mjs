// A second reader of docs/spec/journal.md: verifies an exported journal from standard input with Node's own SHA-256 and
// Ed25519 and nothing else. Argument: a verifier key, whose signatures on the file's notes are checked.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const tagged = (tag, ...parts) => { const t = sha256(tag); return sha256(t, t, ...parts); };
const u64 = n => { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(n)); return b; };

function fail(why) {
  console.log(`not intact: ${why}`);
  process.exit(1);
}

function signedBy(note, key) {
  const [name, id, encoded] = [key.split('+')[0], key.split('+')[1], key.split('+').slice(2).join('+')];
  const raw = Buffer.from(encoded, 'base64').subarray(1);
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const split = note.lastIndexOf('\n\n') + 1;
  const text = note.slice(0, split);
  return note.slice(split + 1).split('\n').some(line => {
    const [dash, signer, signature] = line.split(' ');
    if (dash !== '—' || signer !== name) return false;
    const bytes = Buffer.from(signature, 'base64');
    if (bytes.subarray(0, 4).toString('hex') !== id) return false;
    const message = `cosignature/v1\ntime ${bytes.readBigUInt64BE(4)}\n${text}`;
    return verify(null, Buffer.from(message), publicKey, bytes.subarray(12)) || fail(`${name}'s signature is wrong`);
  });
}

const file = readFileSync(0);
const firstLine = 'quorate journal export 1\n';
if (file.subarray(0, firstLine.length).toString('latin1') !== firstLine) fail('no exported journal');

let at = firstLine.length, journal, position, hash, ended = false, signed = false;
while (at < file.length) {
  if (at + 5 > file.length) fail(`cut off at byte ${at}`);
  const type = String.fromCharCode(file[at]), size = file.readUInt32BE(at + 1), body = file.subarray(at + 5, at + 5 + size);
  if (body.length !== size) fail(`cut off at byte ${at}`);
  if (type === 'S' && journal === undefined) {
    journal = body.subarray(0, 16);
    position = body.readBigUInt64BE(16);
    hash = body.subarray(24);
    if (position === 0n && !hash.equals(tagged('quorate/v1/journal/genesis', journal))) fail('wrong genesis');
  } else if (type === 'E' && journal !== undefined && !ended) {
    const digest = tagged('quorate/v1/journal/event', body.subarray(0, size - 32));
    hash = tagged('quorate/v1/journal/link', hash, u64(++position), digest);
    if (!hash.equals(body.subarray(size - 32))) fail(`event ${position} at byte ${at}`);
  } else if (type === 'Z' && journal !== undefined && !ended) {
    ended = true;
    if (!Buffer.concat([u64(position), hash]).equals(body)) fail('wrong end');
  } else if (type === 'N' && ended) {
    const note = body.toString('utf8');
    if (!note.startsWith(`quorate/v1/journal/${journal.toString('hex')}\n${position}\n${hash.toString('base64')}\n\n`)) fail('a note of another head');
    signed ||= signedBy(note, process.argv[2]);
  } else {
    fail(`frame ${type} at byte ${at}`);
  }
  at += 5 + size;
}
if (!ended) fail('no end');
console.log(`intact: ${position} events, head ${hash.toString('hex')}${signed ? `, signed by ${process.argv[2].split('+')[0]}` : ''}`);
