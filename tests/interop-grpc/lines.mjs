// One line of JSON in, one line of JSON out: {id, op, …} to {id, result} or {id, error}.
import readline from 'node:readline';

export function serve(operations) {
  readline.createInterface({ input: process.stdin }).on('line', async (line) => {
    const request = JSON.parse(line);
    let answer;
    try {
      answer = { id: request.id, result: await operations[request.op](request) };
    } catch (e) {
      answer = { id: request.id, error: e.stack ?? String(e) };
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  }).on('close', () => process.exit(0));
}
