import 'reflect-metadata';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, Length, Min, validateSync } from 'class-validator';
import type { ApiWrite, PatchType, PropagationPolicy, WriteVerb } from '@everynode/core';
import { describeValidationErrors } from './validation-errors.ts';

/** What a path can hold. Longer than any object's name, so that a name which is too long is simply not found. */
const NAME_LENGTH_MAX = 16_384;
/** What of a user and of a program is kept in the record of a write. */
export const AUDITED_GROUPS_MAX = 16;
export const AUDITED_AGENT_MAX = 200;

/** The wire form of one API write: request on `everynode.v1.req.<kind>`, answered with a `WriteAnswer`. */
export class ApiWriteMessage implements ApiWrite {
  @IsString() @Length(1, 128) readonly id!: string;
  @IsIn(['create', 'update', 'patch', 'delete', 'deletecollection']) readonly verb!: WriteVerb;
  @IsString() readonly group!: string;
  @IsString() @Length(1, 32) readonly version!: string;
  @IsString() @Length(1, 64) readonly resource!: string;
  @IsOptional() @IsString() readonly subresource?: string;
  @IsOptional() @IsString() @Length(0, NAME_LENGTH_MAX) readonly namespace?: string;
  @IsOptional() @IsString() @Length(0, NAME_LENGTH_MAX) readonly name?: string;
  @IsOptional() readonly body?: unknown;
  @IsOptional() @IsIn(['json', 'merge', 'strategic', 'apply']) readonly patchType?: PatchType;
  @IsBoolean() readonly dryRun!: boolean;
  @IsString() readonly fieldManager!: string;
  @IsIn(['Strict', 'Warn', 'Ignore']) readonly fieldValidation!: 'Strict' | 'Warn' | 'Ignore';
  @IsBoolean() readonly force!: boolean;
  @IsString() readonly user!: string;
  @IsOptional() @IsArray() @ArrayMaxSize(AUDITED_GROUPS_MAX) @IsString({ each: true }) readonly groups?: readonly string[];
  @IsOptional() @IsString() readonly impersonatedBy?: string;
  @IsOptional() @IsString() @Length(0, AUDITED_AGENT_MAX) readonly agent?: string;
  @IsOptional() @IsIn(['Foreground', 'Background', 'Orphan']) readonly propagationPolicy?: PropagationPolicy;
  @IsOptional() @IsInt() @Min(-1) readonly gracePeriodSeconds?: number;
  @IsOptional() @IsString() readonly preconditionUid?: string;
  @IsOptional() @IsString() readonly preconditionResourceVersion?: string;
  @IsOptional() @IsString() readonly labelSelector?: string;
  @IsOptional() @IsString() readonly fieldSelector?: string;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Reads and validates one API write; unknown fields and bad values are refused with the field's name. */
export const parseApiWrite = (text: string): Parsed<ApiWrite> => {
  let plain: unknown;
  try {
    plain = JSON.parse(text);
  } catch (error) {
    return { ok: false, reason: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (plain === null || typeof plain !== 'object' || Array.isArray(plain)) return { ok: false, reason: 'not a JSON object' };
  const message = Object.assign(new ApiWriteMessage(), plain);
  const errors = validateSync(message, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  return errors.length === 0 ? { ok: true, value: message } : { ok: false, reason: describeValidationErrors(errors) };
};
