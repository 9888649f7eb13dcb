// A program with probes, a counter and an orderly stop, by the control port of a uservice beside it or above it. Node.js, nothing else.
const http = require('node:http');

const base = process.env.USERVICE_CONTROL || 'http://127.0.0.1:8078';
const token = process.env.USERVICE_CONTROL_TOKEN;
let stopping = false;

function control(method, path, body) {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = { ...(token && { Authorization: `Bearer ${token}` }), ...(text && { 'Content-Length': Buffer.byteLength(text) }) };
    const request = http.request(base + path, { method, headers }, (answer) => {
      let told = '';
      answer.on('data', (piece) => (told += piece));
      answer.on('end', () => (answer.statusCode < 300 ? resolve(told && JSON.parse(told)) : reject(new Error(told))));
    });
    request.on('error', reject).end(text);
  });
}

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

async function awaitStop() {
  while (!stopping) {
    try {
      stopping = (await control('GET', '/shutdown?wait=30s')).stopping || stopping;
    } catch {
      await pause(1000); // not there for the moment
    }
  }
}

async function main() {
  process.on('SIGTERM', () => (stopping = true));
  await control('PUT', '/checks/loop', { for: ['alive'], ttl: '2s' }); // must be kicked every 2 seconds
  await control('PUT', '/checks/work', { for: ['ready'] });
  awaitStop();
  while (!stopping) {
    await control('POST', '/checks/loop/kick');
    await control('POST', '/metrics', { name: 'work_done_total', help: 'Work done.', add: 1 });
    await pause(300); // here the work is done
  }
  await control('POST', '/checks/work/disable', { message: 'draining' });
  console.log('drained');
  process.exit(0);
}

main().catch((problem) => {
  console.error(problem.message);
  process.exit(1);
});
