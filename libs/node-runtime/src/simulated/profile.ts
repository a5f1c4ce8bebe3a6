/** Milliseconds, drawn evenly from `min` to `max`. */
export interface DelayRange {
  readonly min: number;
  readonly max: number;
}

/** What ends a run of a container by itself. */
export interface SelfEnd {
  /** Share of the runs that end so, from 0 to 1. */
  readonly probability: number;
  /** Time after the start of the run. */
  readonly after: DelayRange;
  readonly exitCode: number;
}

/** How Pods of some images behave. */
export interface PodBehaviour {
  readonly pull: DelayRange;
  readonly pullFails: boolean;
  readonly create: DelayRange;
  /** From running to ready. */
  readonly ready: DelayRange;
  readonly neverReady: boolean;
  /** How long the Pod takes to end when it is asked to; it is killed at the end of its grace period. */
  readonly stop: DelayRange;
  /** Containers do not react to being asked and end by being killed. */
  readonly ignoresStop: boolean;
  readonly ends: SelfEnd | undefined;
  /** Time between two lines of a container's log, once it has started; undefined for no more lines. */
  readonly logEvery: DelayRange | undefined;
}

export interface BackOff {
  readonly firstMs: number;
  readonly maxMs: number;
  /** A run at least this long starts the back-off anew. */
  readonly resetAfterMs: number;
}

/** Behaviour of everything that a simulated runtime runs. */
export interface RuntimeProfile {
  readonly name: string;
  readonly pods: PodBehaviour;
  /** The first entry whose pattern fits an image of the Pod applies; `*` in a pattern stands for any text. */
  readonly images: readonly { readonly match: string; readonly behaviour: PodBehaviour }[];
  readonly backOff: BackOff;
}

const NOTHING: DelayRange = { min: 0, max: 0 };

export const KUBERNETES_BACK_OFF: BackOff = { firstMs: 10_000, maxMs: 300_000, resetAfterMs: 600_000 };

const INSTANT: PodBehaviour = {
  pull: NOTHING,
  pullFails: false,
  create: NOTHING,
  ready: NOTHING,
  neverReady: false,
  stop: NOTHING,
  ignoresStop: false,
  ends: undefined,
  logEvery: { min: 500, max: 1_500 },
};

const REALISTIC: PodBehaviour = {
  ...INSTANT,
  pull: { min: 100, max: 600 },
  create: { min: 50, max: 200 },
  ready: { min: 50, max: 300 },
  stop: { min: 50, max: 400 },
  logEvery: { min: 500, max: 4_500 },
};

/** Images that cannot be pulled in any profile, as the tests of Kubernetes and of those who learn it name them. */
const missingImages = (behaviour: PodBehaviour): RuntimeProfile['images'] =>
  ['*non-existent*', '*nonexistent*', '*doesnotexist*', '*does-not-exist*', '*invalid*'].map((match) => ({
    match,
    behaviour: { ...behaviour, pullFails: true },
  }));

const profileOf = (name: string, pods: PodBehaviour): RuntimeProfile => ({
  name,
  pods,
  images: missingImages(pods),
  backOff: KUBERNETES_BACK_OFF,
});

/** `instant`: no delay anywhere. `realistic`: a few hundred milliseconds for each step. */
export const RUNTIME_PROFILES: Readonly<Record<'instant' | 'realistic', RuntimeProfile>> = {
  instant: profileOf('instant', INSTANT),
  realistic: profileOf('realistic', REALISTIC),
};

const matches = (pattern: string, image: string): boolean => {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  if (parts.length === 1) return image === first;
  const last = parts.at(-1) ?? '';
  if (!image.startsWith(first) || !image.endsWith(last) || image.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = image.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= image.length - last.length;
};

/** The behaviour that the profile has for a Pod with these images. */
export const behaviourOf = (profile: RuntimeProfile, images: readonly string[]): PodBehaviour => {
  for (const { match, behaviour } of profile.images)
    if (images.some((image) => matches(match, image))) return behaviour;
  return profile.pods;
};
