// What every launcher does that serves a node of its own: listen on 127.0.0.1 only, and end on SIGTERM or SIGINT and when
// standard input ends, so that it does not outlive who started it.
import { createServer } from 'node:http';

/** Serves requests on a port of this machine, and says so in a line when it does. */
export function serve(port, handle, describe) {
  const server = createServer(handle);
  const stop = () => {
    server.closeAllConnections();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.stdin.on('end', stop).on('error', stop).resume();
  server.on('error', error => {
    console.error(`can not listen on port ${port}: ${error.message}`);
    process.exit(70);
  });
  server.listen(Number(port), '127.0.0.1', () => console.log(`${describe()} on port ${port}`));
}
