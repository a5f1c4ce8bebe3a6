import 'reflect-metadata';
import {
  getMetadataStorage,
  validateSync,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  ValidationTypes,
  ArrayMaxSize,
  IsArray,
  type ValidationArguments,
} from 'class-validator';
import type { Parsed } from './api-messages.ts';
import { describeValidationErrors } from './validation-errors.ts';

type MessageClass = new () => object;

/** What the checks of one property come to. */
interface PropertyCheck {
  readonly property: string;
  /** Whether the property is to be checked at all, e.g. because it is there. */
  readonly conditions: readonly ((object: unknown, value: unknown) => boolean)[];
  readonly tests: readonly ((value: unknown) => boolean)[];
  readonly nested: MessageClass | undefined;
}

const nestedClasses = new Map<object, Map<string, () => MessageClass>>();

const registerNested = (classOf: () => MessageClass): PropertyDecorator => {
  return (target, property) => {
    const known = nestedClasses.get(target.constructor) ?? new Map<string, () => MessageClass>();
    nestedClasses.set(target.constructor, known.set(String(property), classOf));
  };
};

/** The class of a nested property, declared by the class itself or by one that it extends. */
const nestedClass = (messageClass: object, property: string): MessageClass | undefined => {
  for (
    let declaring: unknown = messageClass;
    typeof declaring === 'function';
    declaring = Object.getPrototypeOf(declaring)
  ) {
    const classOf = nestedClasses.get(declaring)?.get(property);
    if (classOf !== undefined) return classOf();
  }
  return undefined;
};

const all = (...decorators: readonly PropertyDecorator[]): PropertyDecorator => {
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
};

/** The property may be absent; unlike with `IsOptional`, `null` is not absent. */
export const Absentable = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

/** `ValidateNested` alone lets an absent object and a list in place of an object pass. */
const IsObjectField = (each: boolean): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isObjectField',
      validator: {
        validate: (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value),
        defaultMessage: (args?: ValidationArguments): string =>
          `${each ? 'each value in ' : ''}${args?.property ?? 'value'} must be an object`,
      },
    },
    { each },
  );

/** An object of the class. */
export const Nested = (classOf: () => MessageClass): PropertyDecorator =>
  all(IsObjectField(false), ValidateNested(), registerNested(classOf));

/** An array of at most `max` objects of the class. */
export const NestedList = (classOf: () => MessageClass, max: number): PropertyDecorator =>
  all(IsArray(), ArrayMaxSize(max), IsObjectField(true), ValidateNested({ each: true }), registerNested(classOf));

const isStringMap = (value: unknown, max: number): boolean => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const values = Object.values(value);
  return values.length <= max && values.every((entry) => typeof entry === 'string');
};

/** An object of at most `max` texts, such as labels. */
export const IsStringMap = (max: number): PropertyDecorator =>
  ValidateBy({
    name: 'isStringMap',
    constraints: [max],
    validator: {
      validate: (value: unknown): boolean => isStringMap(value, max),
      defaultMessage: (args?: ValidationArguments): string =>
        `${args?.property ?? 'value'} must be an object of at most ${max} strings`,
    },
  });

const testsOf = (
  metadata: { readonly constraintCls: object; readonly constraints: unknown[]; readonly each: boolean },
  property: string,
): readonly ((value: unknown) => boolean)[] =>
  getMetadataStorage()
    .getTargetValidatorConstraints(metadata.constraintCls as () => void)
    .map(({ instance }) => {
      const args: ValidationArguments = {
        constraints: metadata.constraints,
        property,
        value: undefined,
        object: {},
        targetName: '',
      };
      const test = (value: unknown): boolean => instance.validate(value, args) === true;
      return metadata.each
        ? (value: unknown): boolean => (Array.isArray(value) ? value.every(test) : test(value))
        : test;
    });

const compile = (messageClass: MessageClass): readonly PropertyCheck[] => {
  const storage = getMetadataStorage();
  const grouped = storage.groupByPropertyName(storage.getTargetValidationMetadatas(messageClass, '', false, false));
  return Object.entries(grouped).map(([property, metadatas]) => ({
    property,
    conditions: metadatas.flatMap((metadata) =>
      metadata.type === ValidationTypes.CONDITIONAL_VALIDATION
        ? (metadata.constraints as PropertyCheck['conditions'])
        : [],
    ),
    tests: metadatas.flatMap((metadata) =>
      metadata.type === ValidationTypes.CUSTOM_VALIDATION ? testsOf(metadata, property) : [],
    ),
    nested: nestedClass(messageClass, property),
  }));
};

const compiled = new Map<MessageClass, readonly PropertyCheck[]>();

const checksOf = (messageClass: MessageClass): readonly PropertyCheck[] => {
  const present = compiled.get(messageClass);
  if (present !== undefined) return present;
  const checks = compile(messageClass);
  compiled.set(messageClass, checks);
  return checks;
};

export interface CheckOptions {
  /** Messages from those who are not trusted have no unknown fields; those from a newer controller may. */
  readonly unknownFields: 'refuse' | 'ignore';
}

/**
 * Whether a decoded JSON value is a valid message of the class. Runs the very tests that class-validator's decorators have declared, looked up once a class:
 * `validateSync` looks them up for each object (measured: 330 µs a Pod report instead of 1.7).
 */
export const isValidMessage = (messageClass: MessageClass, value: unknown, options: CheckOptions): boolean => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  let known = 0;
  for (const { property, conditions, tests, nested } of checksOf(messageClass)) {
    const field = Object.hasOwn(fields, property) ? fields[property] : undefined;
    if (field !== undefined) known += 1;
    if (!conditions.every((condition) => condition(fields, field))) continue;
    for (const test of tests) if (!test(field)) return false;
    if (nested !== undefined && !isValidNested(nested, field, options)) return false;
  }
  return options.unknownFields === 'ignore' || known === Object.keys(fields).length;
};

const isValidNested = (messageClass: MessageClass, field: unknown, options: CheckOptions): boolean => {
  if (!Array.isArray(field)) return isValidMessage(messageClass, field, options);
  for (const entry of field) if (!isValidMessage(messageClass, entry, options)) return false;
  return true;
};

const FAULTY_ENTRIES_MAX = 10;

/** The list with its first faulty entries as instances and holes elsewhere: class-validator passes over holes, so a long list costs no more than a short one. */
const instancesOf = (
  messageClass: MessageClass,
  list: readonly unknown[],
  options: CheckOptions,
): readonly unknown[] => {
  const instances: unknown[] = [];
  instances.length = list.length;
  let faulty = 0;
  for (const [index, entry] of list.entries()) {
    if (isValidMessage(messageClass, entry, options)) continue;
    instances[index] = instanceOf(messageClass, entry, options);
    faulty += 1;
    if (faulty === FAULTY_ENTRIES_MAX) break;
  }
  return instances;
};

/** An instance of the class and of the classes nested in it, as class-validator wants to have them. Own `__proto__` fields stay fields. */
const instanceOf = (messageClass: MessageClass, value: unknown, options: CheckOptions): unknown => {
  if (Array.isArray(value)) return instancesOf(messageClass, value, options);
  if (typeof value !== 'object' || value === null) return value;
  const instance = new messageClass();
  for (const [property, field] of Object.entries(value)) {
    const nested = nestedClass(messageClass, property);
    const converted: unknown = nested === undefined ? field : instanceOf(nested, field, options);
    Object.defineProperty(instance, property, {
      value: converted,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return instance;
};

/** What class-validator finds wrong with the value, with the path of each field; empty when it finds nothing. */
export const describeFaults = (messageClass: MessageClass, value: unknown, options: CheckOptions): string => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not a JSON object';
  const refuse = options.unknownFields === 'refuse';
  const errors = validateSync(instanceOf(messageClass, value, options) as object, {
    whitelist: refuse,
    forbidNonWhitelisted: refuse,
    forbidUnknownValues: true,
  });
  return errors.length === 0 ? '' : describeValidationErrors(errors);
};

/** Decodes a JSON text that has to be a message of the class. */
export const readMessage = <T>(messageClass: new () => T & object, text: string, options: CheckOptions): Parsed<T> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, reason: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (isValidMessage(messageClass, value, options)) return { ok: true, value: value as T };
  return { ok: false, reason: describeFaults(messageClass, value, options) || 'not a valid message' };
};
