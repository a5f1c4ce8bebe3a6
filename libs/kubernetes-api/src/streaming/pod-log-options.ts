import { badRequestStatus, invalidStatus } from '../status/failures.ts';
import { forbidden, invalid } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import type { Status } from '../status/status.ts';
import { isFlagSet } from './query-values.ts';
import type { QueryValues } from './query-values.ts';

/** What a request for a log says; the fields are those of Kubernetes' PodLogOptions. */
export interface PodLogOptions {
  /** Empty when the request names none. */
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  /** RFC 3339; `sinceSeconds` is turned into it. */
  readonly sinceTime?: string;
}

export type ParsedPodLogOptions =
  | { readonly ok: true; readonly options: PodLogOptions }
  | { readonly ok: false; readonly status: Status };

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const NUMBERS = ['tailLines', 'limitBytes', 'sinceSeconds'] as const;

type Numbers = Readonly<Partial<Record<(typeof NUMBERS)[number], number>>>;

const readNumbers = (query: QueryValues): Numbers | Status => {
  const numbers: Record<string, number> = {};
  for (const name of NUMBERS) {
    const text = query.get(name);
    if (text === null) continue;
    if (!/^[+-]?\d{1,15}$/.test(text)) {
      return badRequestStatus(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    }
    numbers[name] = Number(text);
  }
  return numbers;
};

const mistakesOf = ({ tailLines, limitBytes, sinceSeconds }: Numbers, query: QueryValues): readonly FieldError[] => {
  const mistakes: FieldError[] = [];
  if (tailLines !== undefined && tailLines < 0) {
    mistakes.push(invalid('tailLines', tailLines, 'must be greater than or equal to 0'));
  }
  if (limitBytes !== undefined && limitBytes < 1) {
    mistakes.push(invalid('limitBytes', limitBytes, 'must be greater than 0'));
  }
  if (sinceSeconds !== undefined && query.get('sinceTime') !== null) {
    mistakes.push(forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) {
    mistakes.push(invalid('sinceSeconds', sinceSeconds, 'must be greater than 0'));
  }
  if (query.get('stream') !== null) mistakes.push(forbidden('stream', 'may not be specified'));
  return mistakes;
};

const sinceOf = (query: QueryValues, { sinceSeconds }: Numbers, now: number): string | undefined => {
  if (sinceSeconds === undefined) return query.get('sinceTime') ?? undefined;
  return new Date(Math.max(0, now - sinceSeconds * 1_000)).toISOString();
};

/**
 * Reads the query of GET `pods/NAME/log`. `now`: milliseconds since 1970, from which `sinceSeconds` counts. A value that is
 * none is a 400, one that is out of its range a 422, both in Kubernetes' words.
 */
export const parsePodLogOptions = (query: QueryValues, podName: string, now: number): ParsedPodLogOptions => {
  const numbers = readNumbers(query);
  if ('kind' in numbers) return { ok: false, status: numbers };
  const time = query.get('sinceTime');
  if (time !== null && !(RFC3339.test(time) && Number.isFinite(Date.parse(time)))) {
    const quoted = JSON.stringify(time);
    return {
      ok: false,
      status: badRequestStatus(`parsing time ${quoted} as "2006-01-02T15:04:05Z07:00": cannot parse ${quoted} as "2006"`),
    };
  }
  const mistakes = mistakesOf(numbers, query);
  if (mistakes.length > 0) {
    return { ok: false, status: invalidStatus({ group: '', kind: 'PodLogOptions' }, podName, mistakes) };
  }
  const { tailLines, limitBytes } = numbers;
  const sinceTime = sinceOf(query, numbers, now);
  return {
    ok: true,
    options: {
      container: query.get('container') ?? '',
      follow: isFlagSet(query, 'follow'),
      previous: isFlagSet(query, 'previous'),
      timestamps: isFlagSet(query, 'timestamps'),
      ...(tailLines === undefined ? {} : { tailLines }),
      ...(limitBytes === undefined ? {} : { limitBytes }),
      ...(sinceTime === undefined ? {} : { sinceTime }),
    },
  };
};
