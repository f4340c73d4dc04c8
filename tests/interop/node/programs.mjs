// Our programs, run as a person would run them, and a man in the middle who spoils one thing.

import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createSocket } from 'node:net';
import { once } from 'node:events';
import { promisify } from 'node:util';

const bin = process.env.INTEROP_BIN;

// Below 32768, where no system takes the ports of outgoing connections from: one of those could come in
// between now and the moment when step3 listens.
export async function freePort() {
  for (;;) {
    const port = 10000 + Math.floor(Math.random() * 20000);
    const server = createSocket().listen(port, '127.0.0.1');
    const outcome = await Promise.race([
      once(server, 'listening').then(() => port),
      once(server, 'error').then(() => 0),
    ]).catch(() => 0);
    server.close();
    if (outcome) return port;
  }
}

// Our environment without what would be somebody else's settings.
const cleanEnvironment = () => Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^OAUTH_|_proxy$/i.test(name)),
);

// The settings that a shell has after what `discover` prints for this issuer was pasted into it.
export async function discovered(issuer) {
  const run = promisify(execFile);
  const { stdout } = await run(`${bin}/discover`, [issuer], { env: cleanEnvironment() });
  const lines = stdout.split('\n').filter((line) => line.startsWith('export '));
  const script = `${lines.join('\n')}\nenv`;
  const { stdout: all } = await run('sh', ['-c', script], { env: { PATH: process.env.PATH } });
  const pairs = all.split('\n').filter((line) => line.startsWith('OAUTH_'));
  return { printed: stdout, settings: Object.fromEntries(pairs.map((it) => it.split(/=(.*)/s).slice(0, 2))) };
}

// Runs step3, or refresh, with these settings. `decide` gets the authorization URL and gives the redirect, or
// nothing when the server sent nobody back.
export async function step3(settings, decide, program = 'step3') {
  const env = cleanEnvironment();
  const child = spawn(`${bin}/${program}`, ['--no-browser'], { env: { ...env, ...settings } });
  let printed = '';
  let errors = '';
  let found;
  const url = new Promise((resolve) => (found = resolve));
  child.stdout.on('data', (data) => {
    printed += data;
    const line = printed.match(/^http.*response_type=code.*$/m);
    if (line && printed.slice(line.index + line[0].length).includes('Ctrl-C')) found(line[0]);
  });
  child.stderr.on('data', (data) => (errors += data));
  const ended = once(child, 'close').then(([code]) => code);
  try {
    const asked = await Promise.race([url, ended]);
    if (typeof asked !== 'string') return { code: asked, printed, errors };
    const redirect = await decide(asked);
    if (!redirect) return { code: null, printed, errors };
    // The page that the program shows is of no interest here.
    await fetch(redirect).then((page) => page.text());
    return { code: await ended, printed, errors };
  } finally {
    child.kill();
    await ended;
  }
}

// A server on loopback that passes one request on, changed by `spoil`.
export async function between(target, spoil) {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const { authorization, accept, 'content-type': type } = request.headers;
    const headers = Object.fromEntries(
      Object.entries({ authorization, accept, 'content-type': type }).filter(([, v]) => v),
    );
    const send = async (changed) => {
      const { headers: h, body: b } = { headers, body, ...changed };
      const method = request.method;
      return fetch(target, { method, headers: h, body: method === 'POST' ? b : undefined });
    };
    const answer = await spoil({ headers, body }, send);
    response.writeHead(answer.status, Object.fromEntries(
      ['content-type', 'www-authenticate']
        .map((name) => [name, answer.headers.get(name)])
        .filter(([, value]) => value),
    ));
    response.end(await answer.text());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { pathname } = new URL(target);
  return {
    url: `http://127.0.0.1:${server.address().port}${pathname}`,
    close: () => server.close(),
  };
}

// Starts a program and waits for the line that says where it listens.
export async function start(command, args, pattern, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env } });
  let printed = '';
  const ready = new Promise((resolve, reject) => {
    const look = (data) => {
      printed += data;
      const found = printed.match(pattern);
      if (found) resolve(found[1]);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('close', () => reject(new Error(`${command} has ended:\n${printed}`)));
  });
  const stop = () => child.kill();
  process.on('exit', stop);
  return { where: await ready, stop };
}
