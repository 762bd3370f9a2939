// A second opinion over stdin and stdout: one JSON request a line, one JSON answer a line, in order.
//   → {"id":1,"op":"schnorr.verify","signature":"…","message":"…","publicKey":"…"}
//   ← {"id":1,"result":true}        or {"id":1,"error":"…"} when the request itself makes no sense
import { createInterface } from 'node:readline';
import { frostOperations } from './frost.mjs';
import { signatureOperations } from './signatures.mjs';

const operations = { ...signatureOperations, ...frostOperations, ping: () => ({ node: process.version }) };

function answer(line) {
  let id = null;
  try {
    const request = JSON.parse(line);
    id = request.id ?? null;
    if (!Object.hasOwn(operations, request.op)) throw new RangeError(`unknown operation "${request.op}"`);
    return { id, result: operations[request.op](request) };
  } catch (error) {
    return { id, error: error.message };
  }
}

for await (const line of createInterface({ input: process.stdin }))
  if (line !== '') process.stdout.write(JSON.stringify(answer(line)) + '\n');
