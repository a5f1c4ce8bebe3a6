import { RESOURCES, type Resource } from '@everynode/kubernetes-api';
import { UsageError } from '../terminal/command-failed.ts';

const STORED = RESOURCES.filter(({ storage }) => storage === 'stored');

/** Kubernetes' events tell of changes themselves; they are compared when they are asked for. */
const UNASKED = new Set(['events']);

const isNamed = ({ plural, singular, shortNames, kind }: Resource, text: string): boolean =>
  [plural, singular, kind.toLowerCase(), ...shortNames].includes(text.toLowerCase());

/** Plural names of the kinds that are named as kubectl takes them (`ds`, `pods,nodes`, `DaemonSet`); of none, those of everything but events. Throws UsageError. */
export const resourcesOfKinds = (kinds: readonly string[]): readonly string[] => {
  const names = kinds.flatMap((kind) => kind.split(',')).filter((name) => name !== '');
  if (names.length === 0) return STORED.map(({ plural }) => plural).filter((plural) => !UNASKED.has(plural));
  return [...new Set(names)].map((name) => {
    const found = STORED.find((resource) => isNamed(resource, name));
    if (found !== undefined) return found.plural;
    const what = name.startsWith('-') ? `unknown option ${name}` : `there is no kind ${JSON.stringify(name)}`;
    throw new UsageError(`${what}; kinds are ${STORED.map(({ plural }) => plural).join(', ')}`);
  });
};
