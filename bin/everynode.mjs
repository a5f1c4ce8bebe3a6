#!/usr/bin/env node
/**
 * Starts the built command line on the pinned Node. Written for any Node from 18, because that is what the caller may have;
 * when the caller's Node is the pinned one already, no second process is started.
 */
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const REQUIRED_MAJOR = 24;

const root = join(dirname(realpathSync(fileURLToPath(import.meta.url))), '..');
const program = join(root, 'dist', 'cli.mjs');
const pinnedNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const compileCache =
  process.env.NODE_COMPILE_CACHE ??
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'everynode', 'compile-cache');

const fail = (message) => {
  process.stderr.write(`everynode: ${message}\n`);
  process.exit(1);
};

const runHere = async () => {
  process.env.NODE_COMPILE_CACHE = compileCache;
  module.enableCompileCache?.(compileCache);
  process.argv[1] = program;
  await import(pathToFileURL(program).href);
};

/** Signals are passed on. Ctrl-C reaches the whole process group, so the child hears it twice and takes that as once. The channel tells it when this process is killed. */
const runOnPinnedNode = () => {
  const child = spawn(pinnedNode, [program, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`cannot start ${pinnedNode}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) return process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
};

if (!existsSync(program))
  fail('it is not built yet: run "npm ci", or "npm run build" when the dependencies are installed');
else if (existsSync(pinnedNode) && realpathSync(process.execPath) !== realpathSync(pinnedNode)) runOnPinnedNode();
else if (Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR) await runHere();
else fail(`Node ${REQUIRED_MAJOR} is needed, this is ${process.versions.node}; "npm ci" installs it in the project`);
