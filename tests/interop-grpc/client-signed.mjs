// Clients that grpc-js makes of proto/quorate/v1, with every call signed: docs/authentication.md.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';
import { contentDigest, signature } from '../interop/signing.mjs';

const definition = loader.loadSync(['vaults', 'wallets', 'transfers', 'governance'].map((name) => `quorate/v1/${name}.proto`), {
  includeDirs: [fileURLToPath(new URL('../../proto', import.meta.url))], longs: String, enums: String, defaults: true, oneofs: true,
});
export const { quorate: { v1 } } = grpc.loadPackageDefinition(definition);

/** Signs calls with one request: over its frame, which is a byte for the compression, four for the length, and the message. */
export const signed = (keyId, key) => (options, nextCall) => {
  let begin;
  return new grpc.InterceptingCall(nextCall(options), {
    // The headers wait for the message that they sign.
    start: (metadata, listener, next) => { begin = { metadata, listener, next }; },
    sendMessage: (message, next) => {
      const { metadata, listener, next: start } = begin;
      const bytes = options.method_definition.requestSerialize(message);
      const head = Buffer.alloc(5);
      head.writeUInt32BE(bytes.length, 1);
      metadata.set('content-digest', contentDigest(Buffer.concat([head, bytes])));
      const covered = { '@method': 'POST', '@path': options.method_definition.path, '@query': '?' };
      for (const name of ['content-digest', 'idempotency-key', 'if-match'])
        if (metadata.get(name).length > 0)
          covered[name] = metadata.get(name)[0];
      for (const [name, value] of Object.entries(signature(covered, keyId, key)))
        metadata.set(name, value);
      start(metadata, listener);
      next(message);
    },
  });
};

/** A service's methods as functions of a request (and headers) that promise the answer. */
export function connect(Service, address, keyId, key) {
  const client = new Service(address, grpc.credentials.createInsecure(), { interceptors: [signed(keyId, key)] });
  return new Proxy({}, {
    get: (_, method) => (request, headers = {}) => new Promise((resolve, reject) => {
      const metadata = new grpc.Metadata();
      for (const [name, value] of Object.entries(headers))
        metadata.set(name, value);
      client[method](request, metadata, { deadline: Date.now() + 30_000 }, (error, reply) => error ? reject(error) : resolve(reply));
    }),
  });
}
