// grpc-js as a client of our server: every operation makes calls and says what came of them.
import grpc from '@grpc/grpc-js';
import { Echo, Health, ServerReflection, messageSizeMax } from './definition.mjs';
import { serve } from './lines.mjs';

const clients = new Map();

function client(address, compress = false) {
  const key = `${address} ${compress}`;
  if (!clients.has(key)) {
    clients.set(key, new Echo(address, grpc.credentials.createInsecure(), {
      'grpc.max_send_message_length': -1, 'grpc.max_receive_message_length': messageSizeMax,
      ...(compress ? { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip } : {}),
    }));
  }
  return clients.get(key);
}

const request = ({ payloadSize, ...fields }) => ({ ...fields, payload: Buffer.alloc(payloadSize ?? 0, 0xa5) });

function metadata(from) {
  const to = new grpc.Metadata();
  for (const [key, values] of Object.entries(from ?? {}))
    for (const value of values)
      to.add(key, key.endsWith('-bin') ? Buffer.from(value, 'base64') : value);
  return to;
}

const plain = (from) => Object.fromEntries(Object.keys(from?.getMap() ?? {}).map((key) =>
  [key, from.get(key).map((v) => Buffer.isBuffer(v) ? v.toString('base64') : v)]));

const options = ({ deadlineMs }) => deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };

const shown = (reply) => ({ text: reply.text, index: reply.index, size: reply.payload.length });

// Settles with the status whether it is an error or not.
function ended(call, result) {
  return new Promise((resolve) => {
    call.on('metadata', (m) => { result.headers = plain(m); });
    call.on('error', () => {});
    call.on('status', (s) => resolve({ ...result, code: s.code, details: s.details, trailers: plain(s.metadata) }));
  });
}

serve({
  unary: (r) => {
    const result = {};
    const call = client(r.address, r.compress).unary(request(r.request), metadata(r.metadata), options(r), (e, reply) => {
      if (reply) result.reply = shown(reply);
    });
    if (r.cancelAfterMs !== undefined)
      setTimeout(() => call.cancel(), r.cancelAfterMs);
    return ended(call, result);
  },

  collect: async (r) => {
    const result = {};
    const call = client(r.address).collect(metadata(r.metadata), options(r), (e, reply) => {
      if (reply) result.reply = { ...shown(reply), total: Number(reply.payload.toString()) };
    });
    const end = ended(call, result);
    for (const message of r.requests)
      call.write(request(message));
    call.end();
    return end;
  },

  expand: async (r) => {
    const result = { indices: 0, inOrder: true };
    const call = client(r.address).expand(request(r.request), metadata(r.metadata), options(r));
    const end = ended(call, result);
    call.on('data', (reply) => {
      result.inOrder &&= reply.index === result.indices;
      result.indices++;
      if (result.indices === r.cancelAt)
        call.cancel();
      if (result.indices === r.pauseAt) {
        call.pause();
        setTimeout(() => call.resume(), r.pauseMs);
      }
    });
    return end;
  },

  chat: async (r) => {
    const result = { replies: [] };
    const call = client(r.address).chat(metadata(r.metadata), options(r));
    const end = ended(call, result);
    let next = 0;
    const write = () => next < r.requests.length ? call.write(request(r.requests[next++])) : call.end();
    // The next request goes out when the reply to the last has come.
    call.on('data', (reply) => { result.replies.push(shown(reply)); write(); });
    write();
    return end;
  },

  health: (r) => new Promise((resolve) => {
    const health = new Health(r.address, grpc.credentials.createInsecure());
    health.check({ service: r.service }, (e, reply) => { health.close(); resolve(e ? { code: e.code } : { code: 0, status: reply.status }); });
  }),

  reflect: (r) => new Promise((resolve) => {
    const reflection = new ServerReflection(r.address, grpc.credentials.createInsecure());
    const path = `/grpc.reflection.${r.version}.ServerReflection/ServerReflectionInfo`;
    const definition = ServerReflection.service.ServerReflectionInfo;
    const call = reflection.makeBidiStreamRequest(path, definition.requestSerialize, definition.responseDeserialize);
    call.on('error', (e) => resolve({ code: e.code }));
    call.on('data', (reply) => {
      resolve({ code: 0, services: reply.listServicesResponse.service.map((s) => s.name) });
      call.end();
      reflection.close();
    });
    call.write({ listServices: '' });
  }),

  // Calls at once over one connection.
  many: async (r) => {
    const call = (i) => new Promise((resolve) => client(r.address).unary(request({ text: `${i}` }), (e, reply) => resolve(reply?.text === `${i}`)));
    const all = await Promise.all(Array.from({ length: r.calls }, (_, i) => call(i)));
    return { answered: all.filter(Boolean).length };
  },
});
