import { isJsonObject, listAt, objectAt, stringAt, valueAt } from '../json/json-value.ts';
import { duplicate, inGoOrder, invalid, required } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { isBetween, rangeText } from './numbers.ts';

const ID_MAX = 2_147_483_647;
const SYSCTL_LENGTH_MAX = 253;
const SYSCTL_PART = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL = `^(${SYSCTL_PART}[\\./])*${SYSCTL_PART}$`;
const SYSCTL_PATTERN = new RegExp(SYSCTL);

const idErrors = (context: unknown, path: string, fields: readonly string[]): FieldError[] =>
  fields.flatMap((field) => {
    const value = valueAt(context, field);
    return value === undefined || isBetween(value, 0, ID_MAX)
      ? []
      : [invalid(`${path}.${field}`, value, rangeText(0, ID_MAX))];
  });

/** Go's names of the fields, in the order of its struct: upstream renders the whole struct as the bad value. */
const inGo = (context: unknown): unknown => {
  const of = (field: string): unknown => valueAt(context, field) ?? null;
  const capabilities = valueAt(context, 'capabilities');
  return inGoOrder({
    Capabilities: isJsonObject(capabilities)
      ? { Add: valueAt(capabilities, 'add') ?? null, Drop: valueAt(capabilities, 'drop') ?? null }
      : null,
    Privileged: of('privileged'),
    SELinuxOptions: of('seLinuxOptions'),
    WindowsOptions: of('windowsOptions'),
    RunAsUser: of('runAsUser'),
    RunAsGroup: of('runAsGroup'),
    RunAsNonRoot: of('runAsNonRoot'),
    ReadOnlyRootFilesystem: of('readOnlyRootFilesystem'),
    AllowPrivilegeEscalation: of('allowPrivilegeEscalation'),
    ProcMount: of('procMount'),
    SeccompProfile: of('seccompProfile'),
    AppArmorProfile: of('appArmorProfile'),
  });
};

/** `securityContext` of a container. */
export const validateSecurityContext = (container: unknown, path: string): FieldError[] => {
  const here = `${path}.securityContext`;
  const context = objectAt(container, 'securityContext');
  const errors = idErrors(context, here, ['runAsUser', 'runAsGroup']);
  if (valueAt(context, 'allowPrivilegeEscalation') !== false) return errors;
  const escalating = 'cannot set `allowPrivilegeEscalation` to false and ';
  if (valueAt(context, 'privileged') === true) {
    errors.push(invalid(here, inGo(context), `${escalating}\`privileged\` to true`));
  }
  if (listAt(context, 'capabilities', 'add').includes('CAP_SYS_ADMIN')) {
    errors.push(invalid(here, inGo(context), `${escalating}\`capabilities.Add\` CAP_SYS_ADMIN`));
  }
  return errors;
};

const sysctlErrors = (context: unknown, path: string): FieldError[] => {
  const seen = new Set<string>();
  return listAt(context, 'sysctls').flatMap((sysctl, index) => {
    const here = `${path}.sysctls[${index}].name`;
    const name = stringAt(sysctl, 'name');
    const isKnown = seen.has(name);
    seen.add(name);
    if (name === '') return [required(here)];
    if (name.length > SYSCTL_LENGTH_MAX || !SYSCTL_PATTERN.test(name)) {
      return [invalid(here, name, `must have at most ${SYSCTL_LENGTH_MAX} characters and match regex ${SYSCTL}`)];
    }
    return isKnown ? [duplicate(here, name)] : [];
  });
};

/** `securityContext` of a pod spec. */
export const validatePodSecurityContext = (spec: unknown, path: string): FieldError[] => {
  const here = `${path}.securityContext`;
  const context = objectAt(spec, 'securityContext');
  return [...idErrors(context, here, ['fsGroup', 'runAsUser', 'runAsGroup']), ...sysctlErrors(context, here)];
};
