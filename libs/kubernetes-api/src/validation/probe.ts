import { hasField, isJsonObject, listAt, objectAt, stringAt, valueAt } from '../json/json-value.ts';
import { forbidden, invalid, notSupported, required } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { portNumberErrors, portReferenceErrors } from './container-port.ts';
import { notNegative } from './numbers.ts';

const HTTP_SCHEMES = ['HTTP', 'HTTPS'] as const;

const validateHttpGet = (action: unknown, path: string): FieldError[] => {
  const scheme = stringAt(action, 'scheme');
  return [
    ...(stringAt(action, 'path') === '' ? [required(`${path}.path`)] : []),
    ...portReferenceErrors(valueAt(action, 'port'), `${path}.port`),
    ...(HTTP_SCHEMES.some((known) => known === scheme) ? [] : [notSupported(`${path}.scheme`, scheme, HTTP_SCHEMES)]),
  ];
};

const ACTIONS: ReadonlyMap<string, (action: unknown, path: string) => FieldError[]> = new Map([
  ['exec', (action, path) => (listAt(action, 'command').length === 0 ? [required(`${path}.command`)] : [])],
  ['httpGet', validateHttpGet],
  ['tcpSocket', (action, path) => portReferenceErrors(valueAt(action, 'port'), `${path}.port`)],
  ['grpc', (action, path) => portNumberErrors(valueAt(action, 'port') ?? 0, `${path}.port`)],
  ['sleep', (action, path) => notNegative(action, `${path}.seconds`, 'seconds')],
]);

/** A handler names exactly one action. */
const validateHandler = (handler: unknown, path: string): FieldError[] => {
  const errors: FieldError[] = [];
  let seen = 0;
  for (const [name, validate] of ACTIONS) {
    if (!hasField(handler, name)) continue;
    seen += 1;
    if (seen > 1) errors.push(forbidden(`${path}.${name}`, 'may not specify more than 1 handler type'));
    else errors.push(...validate(objectAt(handler, name), `${path}.${name}`));
  }
  return seen === 0 ? [required(path, 'must specify a handler type')] : errors;
};

const PROBE_NUMBERS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
];

const validateProbe = (probe: unknown, path: string): FieldError[] => [
  ...validateHandler(probe, path),
  ...PROBE_NUMBERS.flatMap((field) => notNegative(probe, `${path}.${field}`, field)),
  ...(hasField(probe, 'terminationGracePeriodSeconds') && Number(valueAt(probe, 'terminationGracePeriodSeconds')) <= 0
    ? [
        invalid(
          `${path}.terminationGracePeriodSeconds`,
          valueAt(probe, 'terminationGracePeriodSeconds'),
          'must be greater than 0',
        ),
      ]
    : []),
];

const GRACE = 'terminationGracePeriodSeconds';

const successOnce = (probe: unknown, path: string): FieldError[] => {
  const threshold = valueAt(probe, 'successThreshold');
  return threshold === 1 ? [] : [invalid(`${path}.successThreshold`, threshold ?? 0, 'must be 1')];
};

/** Probes and lifecycle hooks of one container. */
export const validateProbes = (container: unknown, path: string): FieldError[] => {
  const errors: FieldError[] = [];
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = valueAt(container, name);
    if (!isJsonObject(probe)) continue;
    errors.push(...validateProbe(probe, `${path}.${name}`));
    if (name !== 'readinessProbe') errors.push(...successOnce(probe, `${path}.${name}`));
    else if (hasField(probe, GRACE)) errors.push(invalid(`${path}.${name}.${GRACE}`, valueAt(probe, GRACE), 'must not be set for readinessProbes'));
  }
  for (const hook of ['postStart', 'preStop']) {
    const handler = valueAt(container, 'lifecycle', hook);
    if (isJsonObject(handler)) errors.push(...validateHandler(handler, `${path}.lifecycle.${hook}`));
  }
  return errors;
};
