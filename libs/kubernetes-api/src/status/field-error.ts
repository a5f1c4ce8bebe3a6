import { sortKeys } from '../json/json-value.ts';

export type FieldErrorType =
  | 'FieldValueInvalid'
  | 'FieldValueRequired'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueDuplicate'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueNotFound';

/** One finding of a validation: which field, what kind of mistake, the value that was sent and what is wrong with it. */
export interface FieldError {
  readonly type: FieldErrorType;
  /** Path such as `spec.template.spec.containers[0].name`. */
  readonly field: string;
  readonly badValue: unknown;
  readonly detail: string;
}

const TYPE_TEXTS: Readonly<Record<FieldErrorType, string>> = {
  FieldValueInvalid: 'Invalid value',
  FieldValueRequired: 'Required value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueNotFound: 'Not found',
};

const TYPES_WITHOUT_VALUE: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
]);

/** The value that was sent, or null when nothing was sent. */
export const invalid = (field: string, badValue: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  badValue,
  detail,
});

export const required = (field: string, detail = ''): FieldError => ({
  type: 'FieldValueRequired',
  field,
  badValue: '',
  detail,
});

export const forbidden = (field: string, detail: string): FieldError => ({
  type: 'FieldValueForbidden',
  field,
  badValue: '',
  detail,
});

export const notSupported = (field: string, badValue: unknown, supported: readonly string[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  badValue,
  detail:
    supported.length === 0 ? '' : `supported values: ${supported.map((value) => JSON.stringify(value)).join(', ')}`,
});

export const duplicate = (field: string, badValue: unknown): FieldError => ({
  type: 'FieldValueDuplicate',
  field,
  badValue,
  detail: '',
});

export const notFound = (field: string, badValue: unknown): FieldError => ({
  type: 'FieldValueNotFound',
  field,
  badValue,
  detail: '',
});

export const tooLong = (field: string, maximumBytes: number): FieldError => ({
  type: 'FieldValueTooLong',
  field,
  badValue: '',
  detail: `may not be more than ${maximumBytes} bytes`,
});

export const tooMany = (field: string, actual: number, maximum: number): FieldError => ({
  type: 'FieldValueTooMany',
  field,
  badValue: actual,
  detail: `must have at most ${maximum} items`,
});

/** A value whose fields are rendered in the order they have: that of a Go struct, where a map would be sorted. */
class OrderedValue {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** Marks a bad value that stands for a Go struct: its fields keep their order in the text. */
export const inGoOrder = (value: unknown): unknown => new OrderedValue(value);

const renderValue = (value: unknown): string => {
  if (value === undefined || value === null) return 'null';
  if (value instanceof OrderedValue) return JSON.stringify(value.value);
  return JSON.stringify(sortKeys(value)) ?? 'null';
};

/** What a Status cause carries as message: `<Type text>: <bad value>: <detail>` without the path. */
export const fieldErrorBody = (error: FieldError): string => {
  const text = TYPE_TEXTS[error.type];
  const withValue = TYPES_WITHOUT_VALUE.has(error.type) ? text : `${text}: ${renderValue(error.badValue)}`;
  return error.detail === '' ? withValue : `${withValue}: ${error.detail}`;
};

export const fieldErrorMessage = (error: FieldError): string => `${error.field}: ${fieldErrorBody(error)}`;
