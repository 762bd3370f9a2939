// Signs requests by RFC 9421 with an Ed25519 key: docs/authentication.md.
import { createHash, createPrivateKey, randomBytes, sign, type KeyObject } from 'node:crypto';

/** An Ed25519 private key of its 32 bytes. */
export const ed25519 = (seed: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8' });

const coveredWherePresent = ['idempotency-key', 'if-match'];

/** The request with the three headers of its signature. keyId is the API key's id, key_…. */
export async function signed(request: Request, keyId: string, key: KeyObject): Promise<Request> {
  const content = Buffer.from(await request.clone().arrayBuffer());
  const headers = new Headers(request.headers);
  headers.set('content-digest', `sha-256=:${createHash('sha256').update(content).digest('base64')}:`);
  const url = new URL(request.url);
  const values: Record<string, string> = {
    '@method': request.method, '@path': url.pathname, '@query': url.search || '?', 'content-digest': headers.get('content-digest')!, '@authority': url.host,
  };
  for (const name of coveredWherePresent)
    if (headers.has(name))
      values[name] = headers.get(name)!;
  const created = Math.floor(Date.now() / 1000);
  const input = `(${Object.keys(values).map((name) => `"${name}"`).join(' ')});created=${created};keyid="${keyId}";nonce="${randomBytes(16).toString('hex')}";alg="ed25519"`;
  const base = [...Object.entries(values).map(([name, value]) => `"${name}": ${value}`), `"@signature-params": ${input}`].join('\n');
  headers.set('signature-input', `sig=${input}`);
  headers.set('signature', `sig=:${sign(null, Buffer.from(base), key).toString('base64')}:`);
  return new Request(request.url, { method: request.method, headers, ...(content.length > 0 ? { body: content } : {}) });
}
