// What every launcher does that serves a node of its own: listen on 127.0.0.1 only, and end on SIGTERM and when standard
// input ends, so that it does not outlive who started it. What is kept is written at the end, whole, in one step.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** Serves requests on a port of this machine, and says so in a line when it does. */
export function serve(port, handle, describe, atEnd = () => {}) {
  const server = createServer(handle);
  endWith(() => {
    server.closeAllConnections();
    atEnd();
    process.exit(0);
  });
  server.on('error', error => {
    console.error(`can not listen on port ${port}: ${error.message}`);
    process.exit(70);
  });
  server.listen(Number(port), '127.0.0.1', () => console.log(`${describe()} on port ${port}`));
}

/** Ctrl-C in a terminal, and its end, go to everything that runs in it: who was started through a pipe leaves it to who started it. */
export function endWith(stop) {
  process.on('SIGTERM', stop);
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => process.stdin.isTTY && stop());
  process.stdin.on('end', stop).on('error', stop).resume();
}

/** What was kept in a file; undefined where there is none. */
export function kept(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Keeps bytes in a file, whole or not at all. */
export function keep(file, bytes) {
  writeFileSync(`${file}.new`, bytes, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
