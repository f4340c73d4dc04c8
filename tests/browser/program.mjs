// One of our programs, running: what it prints, and how it ends.

import { spawn } from 'node:child_process';

const running = new Set();
process.on('exit', () => running.forEach((program) => program.kill()));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

export class Program {
  output = '';
  errors = '';
  #name;
  #child;
  #listeners = new Set();

  constructor(command, args, settings) {
    this.#name = [command.split('/').at(-1), ...args.filter((arg) => arg.startsWith('--'))].join(' ');
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('OAUTH_'));
    const env = { ...Object.fromEntries(inherited), ...settings };
    // A process group of its own, so that a shell's child ends with the shell.
    this.#child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this);
    this.#child.stdout.setEncoding('utf8').on('data', (text) => this.#heard((this.output += text)));
    this.#child.stderr.setEncoding('utf8').on('data', (text) => this.#heard((this.errors += text)));
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => this.#end(String(error), resolve));
      this.#child.once('close', (code) => this.#end(code, resolve));
    });
  }

  #heard() {
    for (const listener of this.#listeners) listener();
  }

  #end(code, resolve) {
    this.code = code;
    running.delete(this);
    this.#heard();
    resolve(code);
  }

  /// Waits until the standard output matches, and returns what the pattern's group caught.
  prints(pattern) {
    return new Promise((resolve, reject) => {
      const look = () => {
        // A line counts when it is complete.
        const found = pattern.exec(this.output.slice(0, this.output.lastIndexOf('\n') + 1));
        if (found) resolve(found[1]);
        else if (this.code !== undefined) reject(new Error(`ended before it printed ${pattern}\n${this.story()}`));
        else return;
        this.#listeners.delete(look);
      };
      this.#listeners.add(look);
      look();
    });
  }

  /// The settings that it prints as lines to paste into a shell.
  settings() {
    return Object.fromEntries(Array.from(this.output.matchAll(/^export (\w+)='(.*)'$/gm), ([, ...pair]) => pair));
  }

  story() {
    return `--- ${this.#name}, exit code ${this.code ?? '(still running)'}\n${this.output}\n${this.errors}`;
  }

  kill() {
    try {
      if (running.has(this)) process.kill(-this.#child.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}
