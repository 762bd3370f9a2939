// The client that openapi-typescript and openapi-fetch make of docs/openapi.json, with every request signed.
import type { KeyObject } from 'node:crypto';
import createClient, { type Client } from 'openapi-fetch';
import { contentDigest, signature } from '../signing.mjs';
import type { components, paths } from './artifacts/schema.js';

export type Problem = components['schemas']['Problem'];

/** A client of the server whose requests are signed with an API key: its id, key_…, and its private half. */
export function connect(baseUrl: string, keyId: string, key: KeyObject): Client<paths> {
  const client = createClient<paths>({ baseUrl });
  client.use({ onRequest: ({ request }) => signed(request, keyId, key) });
  return client;
}

async function signed(request: Request, keyId: string, key: KeyObject): Promise<Request> {
  const content = Buffer.from(await request.clone().arrayBuffer());
  const headers = new Headers(request.headers);
  headers.set('content-digest', contentDigest(content));
  const url = new URL(request.url);
  const covered: Record<string, string> = { '@method': request.method, '@path': url.pathname, '@query': url.search || '?', '@authority': url.host };
  for (const name of ['content-digest', 'idempotency-key', 'if-match'])
    if (headers.has(name))
      covered[name] = headers.get(name)!;
  for (const [name, value] of Object.entries(signature(covered, keyId, key)))
    headers.set(name, value);
  return new Request(request.url, { method: request.method, headers, ...(content.length > 0 ? { body: content } : {}) });
}

export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
  }
}

/** What was answered; what was refused is an exception. */
export async function answer<T>(call: Promise<{ data?: T; error?: Problem }>): Promise<T> {
  const { data, error } = await call;
  if (data === undefined)
    throw new Refused(error!);
  return data;
}
