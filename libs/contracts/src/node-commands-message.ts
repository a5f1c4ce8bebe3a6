import {
  IsBoolean,
  IsInt,
  IsNumber,
  IsString,
  Length,
  Min,
  ValidateBy,
  type ValidationArguments,
} from 'class-validator';
import type { Labels, NodeCommands, PodSpec, RunPod, TerminatePod } from '@everynode/core';
import { IsStringMap, NestedList } from './message-checks.ts';

const NAME_MAX = 253;
const PODS_MAX = 10_000;
const MAP_MAX = 4_096;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const areContainers = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(
    (container) =>
      isRecord(container) &&
      typeof container['name'] === 'string' &&
      ['string', 'undefined'].includes(typeof container['image']),
  );

const isPodSpec = (value: unknown): boolean => {
  if (!isRecord(value)) return false;
  const { containers, ephemeralContainers = [], terminationGracePeriodSeconds: grace } = value;
  if (grace !== undefined && (typeof grace !== 'number' || grace < 0)) return false;
  return areContainers(containers) && areContainers(ephemeralContainers);
};

const IsPodSpec = (): PropertyDecorator =>
  ValidateBy({
    name: 'isPodSpec',
    validator: {
      validate: isPodSpec,
      defaultMessage: (args?: ValidationArguments): string =>
        `${args?.property ?? 'spec'} must be a Pod spec whose containers have names`,
    },
  });

class PodHeadMessage {
  @IsString() @Length(1, NAME_MAX) readonly namespace!: string;
  @IsString() @Length(1, NAME_MAX) readonly name!: string;
  @IsString() @Length(1, 64) readonly uid!: string;
  @IsString() readonly owner!: string;
  @IsBoolean() readonly surge!: boolean;
}

class RunPodMessage extends PodHeadMessage implements RunPod {
  @IsStringMap(MAP_MAX) readonly labels!: Labels;
  @IsStringMap(MAP_MAX) readonly annotations!: Labels;
  @IsPodSpec() readonly spec!: PodSpec;
}

class TerminatePodMessage implements TerminatePod {
  @IsString() @Length(1, NAME_MAX) readonly namespace!: string;
  @IsString() @Length(1, NAME_MAX) readonly name!: string;
  @IsString() @Length(1, 64) readonly uid!: string;
  @IsNumber() @Min(0) readonly graceSeconds!: number;
}

class CommandsHeadMessage {
  @IsString() @Length(1, NAME_MAX) readonly node!: string;
  @IsString() @Length(1, 64) readonly nodeUid!: string;
  @IsInt() @Min(0) readonly epoch!: number;
  @IsInt() @Min(0) readonly sequence!: number;
  @NestedList(() => TerminatePodMessage, PODS_MAX) readonly terminate!: readonly TerminatePod[];
}

/** The set on `everynode.v1.cmd.<node>`. */
export class NodeCommandsMessage extends CommandsHeadMessage implements NodeCommands {
  @NestedList(() => RunPodMessage, PODS_MAX) readonly run!: readonly RunPod[];
}

/** In place of what is known of a Pod already: the number under which it is known. */
export const TEMPLATE_FIELD = '#template';

/** A Pod of which everything but its name is known. */
export class KnownPodMessage extends PodHeadMessage {
  @IsInt() @Min(0) readonly [TEMPLATE_FIELD]!: number;
}

/** A set of commands after what is known of its Pods was cut out. */
export class KnownCommandsMessage extends CommandsHeadMessage {
  @NestedList(() => KnownPodMessage, PODS_MAX) readonly run!: readonly KnownPodMessage[];
}
