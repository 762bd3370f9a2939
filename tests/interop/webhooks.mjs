// A receiver of webhooks with nothing but Node's own cryptography: JWKS in, yes or no out.
import { createPublicKey, verify } from 'node:crypto';
import { serve } from './lines.mjs';

await serve({
  'webhook.verify': ({ jwks, delivery, timestamp, signature, body }) => {
    const content = Buffer.concat([Buffer.from(`${delivery}.${timestamp}.`), Buffer.from(body, 'base64')]);
    const keys = jwks.keys.map((key) => createPublicKey({ key, format: 'jwk' }));
    return signature.split(' ').filter((s) => s.startsWith('v1a,'))
      .map((s) => keys.findIndex((key) => verify(null, content, key, Buffer.from(s.slice(4), 'base64'))));
  },
});
