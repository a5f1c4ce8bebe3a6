import { decodeFields } from '../decoding/decode-fields.ts';
import { objectIn } from '../defaulting/fill.ts';
import { normalPart } from '../defaulting/normal-form.ts';
import { cloneJson, hasField, isJsonObject, stringAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { applyConfiguration } from '../patch/apply-configuration.ts';
import { decodeManagers } from '../patch/managed-fields.ts';
import { duplicateElement } from '../patch/field-set.ts';
import type { Manager } from '../patch/managed-fields.ts';
import { valueAtPath } from '../patch/field-path.ts';
import { apiVersionOf } from '../schema/schema.ts';
import {
  applyConflictStatus,
  badRequestStatus,
  conflictStatus,
  invalidStatus,
  notFoundStatus,
} from '../status/failures.ts';
import { required } from '../status/field-error.ts';
import type { Status } from '../status/status.ts';
import { normalize, schemaOfResource, shapeMistake } from './decode-object.ts';
import { storedResourceOf, toStoredShape } from './event-view.ts';
import type { KubernetesObject } from './object.ts';
import { fieldsOf, managerOf } from './owned-fields.ts';
import type { Writer } from './owned-fields.ts';
import { finishCreate } from './prepare-create.ts';
import { finishUpdate, normalExisting } from './prepare-update.ts';
import { rejected } from './write-context.ts';
import type { PreparedWrite } from './write-context.ts';

type DecodedConfiguration =
  { readonly configuration: JsonObject; readonly warnings: readonly string[] } | { readonly refusal: Status };

const requestMistake = ({ resource, ref }: Writer, body: JsonObject): string | undefined => {
  const expected = apiVersionOf(resource.group, resource.version);
  const [apiVersion, kind, name] = [
    stringAt(body, 'apiVersion'),
    stringAt(body, 'kind'),
    stringAt(body, 'metadata', 'name'),
  ];
  if (apiVersion !== expected || kind !== resource.kind) {
    return `the configuration must be of ${expected} ${resource.kind}, not of ${apiVersion || 'no version'} ${kind || 'no kind'}`;
  }
  if (name !== '' && ref.name !== undefined && name !== ref.name) {
    return `the name of the object (${name}) does not match the name on the URL (${ref.name})`;
  }
  return hasField(objectIn(cloneJson(body), 'metadata'), 'managedFields')
    ? 'metadata.managedFields must be nil'
    : undefined;
};

/** Which patch cannot be read, as upstream names it. */
const placeOf = ({ resource: { group, version, kind } }: Writer, configuration: JsonObject): string => {
  const [namespace, name] = [stringAt(configuration, 'metadata', 'namespace'), stringAt(configuration, 'metadata', 'name')];
  return `failed to create typed patch object (${namespace}/${name}; ${group}/${version}, Kind=${kind})`;
};

/** A configuration stays without defaults: what it does not say, its manager does not own. */
const decodeConfiguration = (writer: Writer, body: unknown): DecodedConfiguration => {
  const { resource, ref, context } = writer;
  if (context.fieldManager === '') {
    const about = { group: 'meta.k8s.io', kind: 'PatchOptions' };
    return { refusal: invalidStatus(about, '', [required('fieldManager', 'is required for apply patch')]) };
  }
  if (!isJsonObject(body))
    return { refusal: badRequestStatus('error decoding YAML: the configuration must be an object') };
  const mistake = shapeMistake(body) ?? requestMistake(writer, body);
  if (mistake !== undefined) return { refusal: badRequestStatus(mistake) };
  const fields = decodeFields(resource, cloneJson(body), context.fieldValidation);
  if (fields.outcome === 'refused') return { refusal: badRequestStatus(fields.message) };
  const configuration = normalPart(schemaOfResource(resource), resource.kind, fields.value) as JsonObject;
  const twice = duplicateElement(schemaOfResource(resource), configuration);
  if (twice !== undefined) return { refusal: badRequestStatus(`${placeOf(writer, configuration)}: ${twice}`) };
  const metadata = objectIn(configuration, 'metadata');
  if (ref.name !== undefined) metadata['name'] = ref.name;
  return { configuration: toStoredShape(resource, configuration), warnings: fields.warnings };
};

const createFrom = (writer: Writer, configuration: JsonObject): PreparedWrite => {
  const { resource, ref } = writer;
  const about = { group: resource.group, kind: resource.plural };
  const name = stringAt(configuration, 'metadata', 'name');
  const uid = stringAt(configuration, 'metadata', 'uid');
  if (ref.subresource !== undefined) return rejected(notFoundStatus(about, name));
  if (uid !== '') {
    const cause = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    return rejected(conflictStatus(about, name, cause));
  }
  const fields = fieldsOf(writer, configuration);
  return finishCreate(normalize(resource, configuration), writer, () => [{ ...managerOf(writer, 'Apply'), fields }]);
};

/** Before the first apply nobody may be recorded: then whoever wrote the object so far is its owner under this name. */
const managersBefore = (writer: Writer, existing: JsonObject): readonly Manager[] => {
  const managers = decodeManagers(existing);
  if (managers.length > 0) return managers;
  const before = { ...managerOf(writer, 'Update'), name: 'before-first-apply' };
  return [{ ...before, fields: fieldsOf(writer, existing) }];
};

/** Owners own only what is there: strategies and removals may have taken fields away. */
const present = (managers: readonly Manager[], result: JsonObject): Manager[] =>
  managers.map((manager) => ({
    ...manager,
    fields: new Set([...manager.fields].filter((path) => valueAtPath(result, path) !== undefined)),
  }));

/** Server-side apply: creates the object from the configuration, or lays the configuration over it. */
export const prepareApply = (view: Writer, stored: KubernetesObject | undefined, body: unknown): PreparedWrite => {
  const decoded = decodeConfiguration(view, body);
  if ('refusal' in decoded) return rejected(decoded.refusal);
  const { configuration, warnings } = decoded;
  const writer = { ...view, resource: storedResourceOf(view.resource) };
  const { resource, ref, context } = writer;
  const withWarnings = (write: PreparedWrite): PreparedWrite =>
    write.outcome === 'rejected' ? write : { ...write, warnings: [...warnings, ...write.warnings] };
  if (stored === undefined) return withWarnings(createFrom(writer, configuration));
  const existing = normalExisting(resource, stored);
  const applied = applyConfiguration({
    schema: schemaOfResource(resource),
    live: existing,
    configuration,
    fields: fieldsOf(writer, configuration),
    managers: managersBefore(writer, existing),
    applier: managerOf(writer, 'Apply'),
    force: context.force,
  });
  if (applied.outcome === 'conflicts') return rejected(applyConflictStatus(applied.conflicts));
  const object = normalize(resource, applied.object);
  const managersOf = (result: JsonObject): Manager[] => present(applied.managers, result);
  return withWarnings(finishUpdate({ resource, ref, context, object, existing, managersOf, isPatch: true }, stored));
};
