// A service for the tests of the stack: `node service.mjs JOURNAL NAME PORT [MODE]`. Answers HTTP and notes what happens to it.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { watchParent } from '../../../src/adapters/parent-watch.ts';

const [, , journal, name, port, mode = 'good'] = process.argv;
const note = (what) => appendFileSync(journal, `${what} ${name}\n`);

note('begin');
console.log(`${name} begins`);
if (mode === 'misconfigured') {
  console.error('EVERPOST_X is wrong');
  process.exit(78);
}
if (mode === 'broken') {
  console.error('cannot go on');
  process.exit(3);
}

process.on('SIGTERM', () => {
  note('end');
  if (mode !== 'stubborn') process.exit(0);
});
if (mode !== 'stubborn') watchParent({ enabled: process.env.EVERPOST_PARENT_PIPE === 'true' });

let sick = false;
createServer((request, response) => {
  if (request.url === '/sicken') sick = true;
  response.writeHead(sick && request.url === '/healthz' ? 503 : 200).end(sick ? 'sick' : 'well');
}).listen(Number(port), '127.0.0.1', () => {
  note('up');
  if (mode === 'crashing') setTimeout(() => process.exit(1), 500);
});
