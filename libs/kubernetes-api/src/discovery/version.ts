const MAJOR = '1';
const MINOR = '34';

/** The Kubernetes version whose API is spoken; the build metadata says by whom. */
export const GIT_VERSION = `v${MAJOR}.${MINOR}.0+everynode`;

/** What the build of the server knows about itself; an unknown part is the empty string. */
export interface BuildFacts {
  readonly gitCommit: string;
  /** RFC 3339. */
  readonly buildDate: string;
  /** Operating system and architecture, e.g. `linux/amd64`. */
  readonly platform: string;
}

/** The body of `/version`. There is no Go here, so `goVersion` is empty and the compiler is named for what it is. */
export function versionBody({ gitCommit, buildDate, platform }: BuildFacts): Readonly<Record<string, string>> {
  return {
    major: MAJOR,
    minor: MINOR,
    gitVersion: GIT_VERSION,
    gitCommit,
    gitTreeState: gitCommit === '' ? '' : 'clean',
    buildDate,
    goVersion: '',
    compiler: 'typescript',
    platform,
  };
}
