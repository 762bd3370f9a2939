// The client that openapi-typescript and openapi-fetch make of docs/openapi.json, with every request signed.
import type { KeyObject } from 'node:crypto';
import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './artifacts/schema.js';
import { signed } from './sign.js';

export type Problem = components['schemas']['Problem'];

export function connect(baseUrl: string, keyId: string, key: KeyObject): Client<paths> {
  const client = createClient<paths>({ baseUrl });
  client.use({ onRequest: ({ request }) => signed(request, keyId, key) });
  return client;
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
