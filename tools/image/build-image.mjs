/**
 * Builds the container image from what `npm run build` and dist/prepare-image.mjs have put in place.
 * Settings are environment variables, since npm passes those on: BASE, the image to build on, and TAG.
 */
import { spawnSync } from 'node:child_process';

const { BASE = 'debian:bookworm-slim', TAG = 'everynode:latest' } = process.env;
const quiet = process.argv.includes('--quiet') ? ['--quiet'] : [];

const docker = (args, stdio) => spawnSync('docker', args, { stdio });

const HOW_TO_PASS_BASE = `
${BASE} is not on this machine and cannot be pulled. Any image with glibc will do as the base:

  BASE=my-registry.example/debian:bookworm-slim npm run image

Without any registry, Debian's own tools make one (as root):

  debootstrap --variant=minbase bookworm /tmp/base && tar -C /tmp/base -c . | docker import - base:bookworm
  BASE=base:bookworm npm run image
`;

const fail = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

const built = docker(['build', ...quiet, '--build-arg', `BASE=${BASE}`, '--tag', TAG, '.'], 'inherit');
if (built.error !== undefined) fail(`docker cannot be started: ${built.error.message}`);
if (built.status !== 0) {
  if (docker(['info'], 'ignore').status !== 0) fail('no container engine answers: "docker info" fails');
  fail(
    docker(['image', 'inspect', BASE], 'ignore').status === 0
      ? `docker build failed with exit code ${built.status}`
      : HOW_TO_PASS_BASE,
  );
}
process.stdout.write(`built the image ${TAG} on ${BASE}; start it with "docker compose up"\n`);
