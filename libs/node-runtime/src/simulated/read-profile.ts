import { parse } from 'yaml';
import {
  KUBERNETES_BACK_OFF,
  RUNTIME_PROFILES,
  type BackOff,
  type DelayRange,
  type PodBehaviour,
  type RuntimeProfile,
  type SelfEnd,
} from './profile.ts';

const DELAY_MAX = 24 * 3_600_000;
const IMAGES_MAX = 1_000;
/** A shorter one would keep the process busy with a Pod that crashes at once. */
const BACK_OFF_MIN = 10;
const LOG_EVERY_MIN = 1;

/** A profile that cannot be used; the message names the field. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
}

type Fields = Readonly<Record<string, unknown>>;

const fail = (path: string, text: string): never => {
  throw new ProfileError(`${path}: ${text}`);
};

const fieldsOf = (value: unknown, path: string, known: readonly string[]): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(path, 'must be an object');
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) return fail(`${path}.${unknown}`, `is not known; known are ${known.join(', ')}`);
  return value as Fields;
};

const numberOf = (
  value: unknown,
  path: string,
  limits: { readonly min: number; readonly max: number; readonly default?: number },
): number => {
  if (value === undefined && limits.default !== undefined) return limits.default;
  if (typeof value !== 'number' || !(value >= limits.min && value <= limits.max))
    return fail(path, `must be a number from ${limits.min} to ${limits.max}`);
  return value;
};

const flagOf = (value: unknown, path: string, fallback: boolean): boolean => {
  if (value === undefined) return fallback;
  return typeof value === 'boolean' ? value : fail(path, 'must be true or false');
};

/** Milliseconds: one number, or `[min, max]`. */
const delayOf = (value: unknown, path: string, fallback?: DelayRange): DelayRange => {
  if (value === undefined && fallback !== undefined) return fallback;
  const limits = { min: 0, max: DELAY_MAX };
  if (!Array.isArray(value)) {
    const ms = Math.round(numberOf(value, path, limits));
    return { min: ms, max: ms };
  }
  if (value.length !== 2) return fail(path, 'must be milliseconds or [min, max] in milliseconds');
  const [min, max] = value.map((entry, index) => Math.round(numberOf(entry, `${path}[${index}]`, limits)));
  return min !== undefined && max !== undefined && min <= max
    ? { min, max }
    : fail(path, 'the minimum must not exceed the maximum');
};

/** A log that is written all the time would be nothing but work. */
const logEveryOf = (value: unknown, path: string, fallback: DelayRange | undefined): DelayRange | undefined => {
  if (value === undefined) return fallback;
  if (value === 'never') return undefined;
  const every = delayOf(value, path);
  return every.min + every.max < 2 * LOG_EVERY_MIN ? fail(path, `must be at least ${LOG_EVERY_MIN} on the average, or never`) : every;
};

const endOf = (value: unknown, path: string): SelfEnd => {
  const fields = fieldsOf(value, path, ['probability', 'after', 'exitCode']);
  return {
    probability: numberOf(fields['probability'], `${path}.probability`, { min: 0, max: 1, default: 1 }),
    after: delayOf(fields['after'], `${path}.after`),
    exitCode: numberOf(fields['exitCode'], `${path}.exitCode`, { min: 0, max: 255, default: 1 }),
  };
};

const BEHAVIOUR_FIELDS = ['pull', 'pullFails', 'create', 'ready', 'stop', 'ignoresStop', 'ends', 'logEvery'];

const behaviourFrom = (fields: Fields, path: string, base: PodBehaviour): PodBehaviour => {
  const ready = fields['ready'];
  return {
    pull: delayOf(fields['pull'], `${path}.pull`, base.pull),
    pullFails: flagOf(fields['pullFails'], `${path}.pullFails`, base.pullFails),
    create: delayOf(fields['create'], `${path}.create`, base.create),
    ready: ready === 'never' ? base.ready : delayOf(ready, `${path}.ready`, base.ready),
    neverReady: ready === undefined ? base.neverReady : ready === 'never',
    stop: delayOf(fields['stop'], `${path}.stop`, base.stop),
    ignoresStop: flagOf(fields['ignoresStop'], `${path}.ignoresStop`, base.ignoresStop),
    ends: fields['ends'] === undefined ? base.ends : endOf(fields['ends'], `${path}.ends`),
    logEvery: logEveryOf(fields['logEvery'], `${path}.logEvery`, base.logEvery),
  };
};

const imageFrom = (value: unknown, path: string, base: PodBehaviour): RuntimeProfile['images'][number] => {
  const fields = fieldsOf(value, path, ['match', ...BEHAVIOUR_FIELDS]);
  const match = fields['match'];
  if (typeof match !== 'string' || match === '') return fail(`${path}.match`, 'must be an image, with * for any text');
  return { match, behaviour: behaviourFrom(fields, path, base) };
};

const backOffFrom = (value: unknown, path: string): BackOff => {
  if (value === undefined) return KUBERNETES_BACK_OFF;
  const fields = fieldsOf(value, path, ['first', 'max', 'resetAfter']);
  const { firstMs, maxMs, resetAfterMs } = KUBERNETES_BACK_OFF;
  const first = numberOf(fields['first'], `${path}.first`, { min: BACK_OFF_MIN, max: DELAY_MAX, default: firstMs });
  return {
    firstMs: first,
    maxMs: numberOf(fields['max'], `${path}.max`, { min: first, max: DELAY_MAX, default: Math.max(first, maxMs) }),
    resetAfterMs: numberOf(fields['resetAfter'], `${path}.resetAfter`, {
      min: 0,
      max: DELAY_MAX,
      default: resetAfterMs,
    }),
  };
};

/**
 * Reads a profile from YAML or JSON text. Fields: `base` (`instant` or `realistic`, default `realistic`), `pods`, `images` (a list of `match` with the same fields as
 * `pods`; the first that fits applies), `backOff`. Delays are milliseconds or `[min, max]`. Throws `ProfileError` naming the field.
 */
export const readProfile = (text: string, name: string): RuntimeProfile => {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new ProfileError(`${name}: neither YAML nor JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const fields = fieldsOf(value ?? {}, name, ['base', 'pods', 'images', 'backOff']);
  const baseName = fields['base'] ?? 'realistic';
  if (baseName !== 'instant' && baseName !== 'realistic') return fail(`${name}.base`, 'must be instant or realistic');
  const base = RUNTIME_PROFILES[baseName];
  const pods = behaviourFrom(
    fieldsOf(fields['pods'] ?? {}, `${name}.pods`, BEHAVIOUR_FIELDS),
    `${name}.pods`,
    base.pods,
  );
  const images = fields['images'] ?? [];
  if (!Array.isArray(images) || images.length > IMAGES_MAX)
    return fail(`${name}.images`, `must be a list of at most ${IMAGES_MAX} entries`);
  const own = images.map((image, index) => imageFrom(image, `${name}.images[${index}]`, pods));
  return { name, pods, images: [...own, ...base.images], backOff: backOffFrom(fields['backOff'], `${name}.backOff`) };
};
