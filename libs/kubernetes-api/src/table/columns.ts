import { ageAt } from '../duration/human-duration.ts';
import { stringAt, valueAt } from '../json/json-value.ts';
import type { TableColumn } from './table.ts';

const column = (name: string, description: string, rest: Partial<TableColumn> = {}): TableColumn => ({
  name,
  type: 'string',
  format: '',
  description,
  priority: 0,
  ...rest,
});

export const text = (name: string, description: string): TableColumn => column(name, description);

export const integer = (name: string, description: string): TableColumn =>
  column(name, description, { type: 'integer' });

/** A column of times, which the client may show as it likes. */
export const date = (name: string, description: string): TableColumn => column(name, description, { type: 'date' });

/** The same column, shown only with `-o wide`. */
export const wide = (shown: TableColumn): TableColumn => ({ ...shown, priority: 1 });

export const NAME_COLUMN: TableColumn = column('Name', 'Name of the object, unique within its namespace.', {
  format: 'name',
});

export const AGE_COLUMN: TableColumn = text('Age', 'Time since the object was created.');

export const NONE = '<none>';

export const nameOf = (object: unknown): string => stringAt(object, 'metadata', 'name');

export const ageOf = (object: unknown, now: number): string =>
  ageAt(valueAt(object, 'metadata', 'creationTimestamp'), now);

export const orNone = (value: string): string => (value === '' ? NONE : value);
