// grpc-js as a server for our client: the service of echo.proto, as EchoService.cs answers it.
import grpc from '@grpc/grpc-js';
import { Echo, messageSizeMax } from './definition.mjs';
import { serve } from './lines.mjs';

let cancelled = 0, expanded = 0;

const reply = (request, index) => ({
  text: request.text, index, payload: request.replySize > 0 ? Buffer.alloc(request.replySize) : request.payload,
});

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The status a request asks for; null if it asks for none.
function failure(request) {
  if (request.failCode <= 0)
    return null;
  const metadata = new grpc.Metadata();
  metadata.add('fail-reason', 'asked');
  if (request.rich) {
    // google.rpc.Status with its code and message.
    const text = Buffer.from(request.failDetail);
    metadata.add('grpc-status-details-bin', Buffer.concat([Buffer.from([8, request.failCode, 18, text.length]), text]));
  }
  return { code: request.failCode, details: request.failDetail, metadata };
}

// Metadata under echo- goes back, in the headers and in the trailers.
function echo(call) {
  const back = new grpc.Metadata();
  for (const key of Object.keys(call.metadata.getMap()).filter((k) => k.startsWith('echo-')))
    for (const value of call.metadata.get(key))
      back.add(key, value);
  if (Object.keys(back.getMap()).length > 0)
    call.sendMetadata(back);
  return back;
}

const watch = (call) => call.on('cancelled', () => { cancelled++; });

const service = {
  unary: async (call, callback) => {
    watch(call);
    const trailers = echo(call);
    await sleep(call.request.delayMs);
    const failed = failure(call.request);
    failed ? callback(failed) : callback(null, reply(call.request, 0), trailers);
  },

  collect: (call, callback) => {
    watch(call);
    const texts = [];
    let size = 0, failed = null;
    call.on('data', (request) => { texts.push(request.text); size += request.payload.length; failed ??= failure(request); if (failed) callback(failed); });
    call.on('end', () => { if (!failed) callback(null, { text: texts.join(','), index: texts.length, payload: Buffer.from(`${size}`) }); });
  },

  expand: async (call) => {
    watch(call);
    const trailers = echo(call);
    for (let i = 0; i < call.request.count && !call.cancelled; i++) {
      if (call.request.delayMs > 0)
        await sleep(call.request.delayMs);
      if (!call.write(reply(call.request, i)))
        await Promise.race([new Promise((resolve) => call.once('drain', resolve)), new Promise((resolve) => call.once('cancelled', resolve))]);
      expanded++;
    }
    const failed = failure(call.request);
    failed ? call.emit('error', failed) : call.end(trailers);
  },

  chat: (call) => {
    watch(call);
    const trailers = echo(call);
    let index = 0;
    call.on('data', (request) => {
      const failed = failure(request);
      failed ? call.emit('error', failed) : call.write(reply(request, index++));
    });
    call.on('end', () => call.end(trailers));
  },
};

const server = new grpc.Server({ 'grpc.max_receive_message_length': messageSizeMax, 'grpc.max_send_message_length': -1 });
server.addService(Echo.service, service);

serve({
  start: () => new Promise((resolve, reject) => server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(),
    (e, port) => e ? reject(e) : resolve(port))),
  counts: () => ({ cancelled, expanded }),
});
