/** The decoded fields of a message whose JSON form is not an object of its fields. */
type Fields = Readonly<Record<string, unknown>>;

const META = 'k8s.io.apimachinery.pkg.apis.meta.v1';
const MILLISECONDS = 1000;
const NANOS_PER_MICRO = 1000;

/** Go's zero time is an empty message; it reads as null in JSON. */
function timeText({ seconds, nanos }: Fields, fractionDigits: 0 | 6): string | null {
  if (seconds === undefined && nanos === undefined) return null;
  const instant = new Date(Number(seconds ?? 0) * MILLISECONDS);
  if (Number.isNaN(instant.getTime())) throw new RangeError('a time outside the range of RFC 3339');
  const text = instant.toISOString().slice(0, -'.000Z'.length);
  if (fractionDigits === 0) return `${text}Z`;
  const micros = Math.floor(Number(nanos ?? 0) / NANOS_PER_MICRO);
  return `${text}.${String(micros).padStart(fractionDigits, '0')}Z`;
}

/** How each message becomes JSON that is not simply an object of its fields. All zero fields are present in `fields`. */
export const WELL_KNOWN_TYPES: ReadonlyMap<string, (fields: Fields) => unknown> = new Map([
  [`${META}.Time`, (fields: Fields) => timeText(fields, 0)],
  [`${META}.MicroTime`, (fields: Fields) => timeText(fields, 6)],
  [`${META}.FieldsV1`, ({ Raw }: Fields) => Raw ?? {}],
  ['k8s.io.apimachinery.pkg.runtime.RawExtension', ({ raw }: Fields) => raw ?? null],
  ['k8s.io.apimachinery.pkg.api.resource.Quantity', ({ string }: Fields) => string ?? '0'],
  [
    'k8s.io.apimachinery.pkg.util.intstr.IntOrString',
    ({ type, intVal, strVal }: Fields) => (type === 1 ? (strVal ?? '') : (intVal ?? 0)),
  ],
  ['k8s.io.api.authentication.v1.ExtraValue', ({ items }: Fields) => items ?? []],
]);
