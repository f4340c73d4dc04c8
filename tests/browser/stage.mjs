// What a test plays with: our programs, pages of the browser, a hostile site, idle connections.

import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { Program } from './program.mjs';

/// The longest that a test waits for one thing to happen.
const PATIENCE = 10_000;

export class Stage {
  /// What went wrong in the browser without being asked for.
  faults = [];
  #browser;
  #programs = [];
  #cleanups = [];

  constructor(browser) {
    this.#browser = browser;
  }

  /// Starts one of our programs. Settings that happen to be in our own environment are kept from it.
  start(name, args = [], settings = {}) {
    return this.#run(join(process.env.PROGRAMS, name), args, settings);
  }

  /// Runs a script in a real shell, in which `step3` is our program.
  shell(script) {
    const path = `${process.env.PROGRAMS}:${process.env.PATH}`;
    return this.#run('sh', ['-c', script], { PATH: path });
  }

  #run(command, args, settings) {
    const program = new Program(command, args, settings);
    this.#programs.push(program);
    return program;
  }

  /// The practice provider in a process of its own, with its address.
  async provider() {
    const program = this.start('provider', ['--port', '0']);
    await program.prints(/^Every request is shown below/m);
    [, program.origin] = /^The practice provider is at (\S+)$/m.exec(program.output);
    return program;
  }

  /// A login that waits for the browser, with the URL to open. The provider runs inside it, unless one is given.
  async login({ program = 'step3', provider, settings = {} } = {}) {
    const own = provider ? { ...provider.settings(), OAUTH_REDIRECT_URI: await redirectUri() } : {};
    return this.waiting(this.start(program, ['--no-browser'], { ...own, ...settings }));
  }

  /// The program, as soon as it waits for the browser.
  async waiting(program) {
    program.url = await program.prints(/^(http:\/\/\S+\/authorize\?\S+)$/m);
    program.redirectUri = await program.prints(/listens\s+at\s+(\S+)\s+and\s+waits/);
    return program;
  }

  /// A page in a browser profile of its own. Whatever goes wrong in it makes the test fail, save what is
  /// `expected` by a regular expression.
  async page({ expected = /^$/, ...options } = {}) {
    const context = await this.#browser.newContext({ viewport: { width: 960, height: 640 }, ...options });
    context.setDefaultTimeout(PATIENCE);
    this.#cleanups.push(() => context.close());
    await this.#watch(context, expected);
    return context.newPage();
  }

  async #watch(context, expected) {
    const fault = (text) => expected.test(text) || this.faults.push(text);
    const opened = new Set();
    // Chromium may fetch the icon of a page when the next one is there already, whose policy then blocks it.
    const isIconOfThePageBefore = (text, page) => {
      const [, icon] = /^(?:Loading the image '|policy broken: img-src )(http:\/\/[^/]+\/)icon\.svg\b/.exec(text) ?? [];
      return icon !== undefined && !page.startsWith(icon) && [...opened].some((url) => url.startsWith(icon));
    };
    context.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (request.isNavigationRequest()) opened.add(request.url());
      if (protocol !== 'http:' || !['127.0.0.1', 'localhost'].includes(hostname)) {
        fault(`a request left this machine: ${request.url()}`);
      }
    });
    context.on('weberror', (error) => fault(`script error: ${error.error()}`));
    context.on('console', (message) => {
      const { url } = message.location();
      // A page that was refused says so with its status, and the browser notes that. Tests look at the status.
      const isRefusedPage =
        message.text().startsWith('Failed to load resource: the server responded with') &&
        (opened.has(url) || url.endsWith('/favicon.ico'));
      const isNoted = isRefusedPage || isIconOfThePageBefore(message.text(), url);
      if (['error', 'warning'].includes(message.type()) && !isNoted) {
        fault(`console ${message.type()}: ${message.text()} (${url})`);
      }
    });
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (violation) => {
        console.error(`policy broken: ${violation.effectiveDirective} ${violation.blockedURI}`);
      });
    });
  }

  assertNothingIsAmiss() {
    assert.deepEqual(this.faults, []);
  }

  /// A site of somebody else, on another port, with one page. Returns its address.
  async otherSite(html) {
    const server = http.createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(`<!doctype html><link rel="icon" href="data:,"><title>Free bees</title>${html}`);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#cleanups.push(() => server.close(), () => server.closeAllConnections());
    return `http://127.0.0.1:${server.address().port}/`;
  }

  /// Opens connections to the server at `url`, says `words` on each, and no more.
  async idleConnections(url, count, words = '') {
    const { port } = new URL(url);
    for (let i = 0; i < count; i += 1) {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => {});
      this.#cleanups.push(() => socket.destroy());
      await new Promise((resolve) => socket.once('connect', resolve));
      if (words) socket.write(words);
    }
  }

  /// Takes a port, so that nobody else can. Returns it.
  async takenPort() {
    const server = await listening();
    this.#cleanups.push(() => server.close());
    return server.address().port;
  }

  /// Does this when the test has ended, however it ends.
  afterwards(cleanup) {
    this.#cleanups.push(cleanup);
  }

  /// What the programs have printed so far.
  story() {
    return this.#programs.map((program) => program.story()).join('\n');
  }

  async close() {
    for (const program of this.#programs) program.kill();
    await Promise.allSettled(this.#cleanups.map((cleanup) => cleanup()));
  }
}

/// A redirect URI on a port that is free.
export async function redirectUri(host = '127.0.0.1') {
  const server = await listening();
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://${host}:${port}/callback`;
}

async function listening() {
  const server = net.createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return server;
}
