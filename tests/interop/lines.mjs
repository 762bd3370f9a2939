// The loop under every second opinion: one JSON request a line on stdin, one JSON answer a line on stdout, in order.
//   → {"id":1,"op":"schnorr.verify","signature":"…","message":"…","publicKey":"…"}
//   ← {"id":1,"result":true}        or {"id":1,"error":"…"} when the request itself makes no sense
import { createInterface } from 'node:readline';

/** Answers requests with these operations until stdin ends. */
export async function serve(operations) {
  const known = { ...operations, ping: () => ({ node: process.version }) };
  for await (const line of createInterface({ input: process.stdin }))
    if (line !== '') process.stdout.write(JSON.stringify(await answer(known, line)) + '\n');
}

async function answer(operations, line) {
  let id = null;
  try {
    const request = JSON.parse(line);
    id = request.id ?? null;
    if (!Object.hasOwn(operations, request.op)) throw new RangeError(`unknown operation "${request.op}"`);
    return { id, result: await operations[request.op](request) };
  } catch (error) {
    return { id, error: error.message };
  }
}
