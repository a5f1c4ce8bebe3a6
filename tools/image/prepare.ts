// Puts what the container image needs beside the bundles into .cache/image: the pinned Node and nats-server.
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { findNatsServer } from '@everynode/event-log-jetstream';

const TARGET = '.cache/image';
const EXECUTABLE = 0o755;

const put = (from: string, name: string): void => {
  copyFileSync(from, `${TARGET}/${name}`);
  chmodSync(`${TARGET}/${name}`, EXECUTABLE);
};

const found = await findNatsServer({ onProgress: (line: string) => process.stderr.write(`${line}\n`) });
if (!found.found) {
  process.stderr.write('the image needs a nats-server of version 2.10 or later, and none can be had here\n');
  process.exit(1);
}
mkdirSync(TARGET, { recursive: true });
put('node_modules/node/bin/node', 'node');
put(found.path, 'nats-server');
process.stdout.write(`node ${process.version} and nats-server are in ${TARGET}\n`);
