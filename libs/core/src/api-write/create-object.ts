import type { WriteAnswer } from '../controller/input.ts';
import { keyOfObject, objectsOf } from '../fleet/state.ts';
import type { KubernetesObject, Pod } from '../kubernetes/objects.ts';
import { refuseByNamespace, refuseByQuota, refuseBySize, withPatience } from './admission.ts';
import type { PreparedObject } from './preparation.ts';
import { storeNew } from './store-object.ts';
import { contextOf, qualified, refuse, targetOf, wouldBe, written, type Writing } from './writing.ts';

/** Draws of a generated name before the create is refused. */
const NAME_DRAWS_MAX = 8;

const isTaken = ({ decision, table }: Writing, object: KubernetesObject): boolean => objectsOf(decision.state, table).has(keyOfObject(object));

const isNameGenerated = (body: unknown): boolean => {
  const metadata = (body as { readonly metadata?: { readonly name?: unknown; readonly generateName?: unknown } } | undefined)?.metadata;
  return (metadata?.name ?? '') === '' && (metadata?.generateName ?? '') !== '';
};

/** A generated name that is taken is drawn again; a name that was asked for is not. */
const prepare = (writing: Writing): PreparedObject => {
  const { write, preparation } = writing;
  const draws = isNameGenerated(write.body) ? NAME_DRAWS_MAX : 1;
  let prepared = preparation.prepareCreate(targetOf(writing), write.body, contextOf(writing));
  for (let draw = 1; draw < draws && prepared.outcome === 'prepared' && isTaken(writing, prepared.object); draw += 1) {
    prepared = preparation.prepareCreate(targetOf(writing), write.body, contextOf(writing));
  }
  return prepared;
};

/** Stores a prepared new object, unless its name is taken or its namespace does not take it. */
export const createPrepared = (writing: Writing, prepared: Extract<PreparedObject, { outcome: 'prepared' }>): WriteAnswer => {
  const { decision, write, preparation, table } = writing;
  const object = table === 'pods' ? withPatience(prepared.object as Pod) : prepared.object;
  const { name } = object.metadata;
  const refusal = refuseByNamespace(writing, name) ?? refuseBySize(writing, object) ?? refuseByQuota(writing, name);
  if (refusal !== undefined) return refusal;
  if (isTaken(writing, object)) return refuse(preparation.status.alreadyExists(qualified(writing), name));
  if (write.dryRun) return wouldBe(201, object, prepared.warnings);
  storeNew(decision, table, object, write.user);
  const stored = objectsOf(decision.state, table).get(keyOfObject(object)) ?? object;
  return written(writing, 201, stored, { name, warnings: prepared.warnings });
};

export const createObject = (writing: Writing): WriteAnswer => {
  const prepared = prepare(writing);
  return prepared.outcome === 'rejected' ? refuse(prepared.status) : createPrepared(writing, prepared);
};
