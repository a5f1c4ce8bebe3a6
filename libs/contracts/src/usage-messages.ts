import { IsInt, IsNumber, IsString, Length, Max, Min } from 'class-validator';
import { LIMITS } from '@everynode/core';
import type { ContainerUsage, NodeUsage, PodUsage } from '@everynode/node-runtime';
import type { Parsed } from './api-messages.ts';
import { NestedList, readMessage } from './message-checks.ts';

const NAME_MAX = 253;
const CONTAINERS_MAX = 128;
const WINDOW_MAX = 3_600_000;
/** Characters of one message; all that names and numbers have in JSON is one byte each. */
const MESSAGE_LENGTH_MAX = 500_000;

class ContainerUsageMessage implements ContainerUsage {
  @IsString() @Length(1, NAME_MAX) readonly name!: string;
  @IsNumber() @Min(0) readonly cpuMillicores!: number;
  @IsInt() @Min(0) readonly memoryBytes!: number;
}

class PodUsageMessage implements PodUsage {
  @IsString() @Length(1, NAME_MAX) readonly namespace!: string;
  @IsString() @Length(1, NAME_MAX) readonly name!: string;
  @IsString() @Length(1, 64) readonly uid!: string;
  @NestedList(() => ContainerUsageMessage, CONTAINERS_MAX) readonly containers!: readonly ContainerUsage[];
}

class NodeUsageMessage implements NodeUsage {
  @IsString() @Length(1, NAME_MAX) readonly node!: string;
  @IsNumber() @Min(0) readonly cpuMillicores!: number;
  @IsInt() @Min(0) readonly memoryBytes!: number;
  @NestedList(() => PodUsageMessage, 4 * LIMITS.podsPerNodeMax) readonly pods!: readonly PodUsage[];
}

/** What an agent process says of the use of its nodes, or of some of them, on `everynode.v1.use.<agent>`. */
export interface AgentUsage {
  readonly agent: string;
  /** Milliseconds since 1970, by the agent's clock: the end of the window that the numbers are the average of. */
  readonly at: number;
  readonly windowMs: number;
  readonly nodes: readonly NodeUsage[];
}

class AgentUsageMessage implements AgentUsage {
  @IsString() @Length(1, NAME_MAX) readonly agent!: string;
  @IsInt() @Min(0) @Max(8.64e15) readonly at!: number;
  @IsInt() @Min(1) @Max(WINDOW_MAX) readonly windowMs!: number;
  @NestedList(() => NodeUsageMessage, LIMITS.nodesPerAgentMax) readonly nodes!: readonly NodeUsage[];
}

/** Reads and validates what an agent says of use; unknown fields and bad values are refused with the path of the field. */
export const parseAgentUsage = (text: string): Parsed<AgentUsage> =>
  readMessage<AgentUsage>(AgentUsageMessage, text, { unknownFields: 'refuse' });

/** The JSON texts that `parseAgentUsage` reads: as many as it takes for none to be larger than a server passes on. */
export const writeAgentUsage = ({ agent, at, windowMs, nodes }: AgentUsage): readonly string[] => {
  const texts: string[] = [];
  const head = `{"agent":${JSON.stringify(agent)},"at":${at},"windowMs":${windowMs},"nodes":[`;
  let part: string[] = [];
  let length = 0;
  for (const node of nodes) {
    const text = JSON.stringify(node);
    if (part.length > 0 && length + text.length > MESSAGE_LENGTH_MAX) {
      texts.push(`${head}${part.join(',')}]}`);
      part = [];
      length = 0;
    }
    part.push(text);
    length += text.length + 1;
  }
  if (part.length > 0) texts.push(`${head}${part.join(',')}]}`);
  return texts;
};
