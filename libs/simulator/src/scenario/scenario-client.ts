import type { ApiWrite, WriteAnswer } from '@everynode/core';
import type { World } from '../world/world.ts';

const RETRY_MS = 1_000;
const ATTEMPTS_MAX = 120;

export type WriteRequest = Pick<ApiWrite, 'verb' | 'group' | 'resource'> & Partial<Omit<ApiWrite, 'id'>>;

/** A user who waits for the answer of each write and sends it again under the same id while nobody answers. */
export class ScenarioClient {
  private readonly world: World;
  private count = 0;

  constructor(world: World) {
    this.world = world;
  }

  write(request: WriteRequest): WriteAnswer {
    const answers: WriteAnswer[] = [];
    this.begin(request, (given) => answers.push(given));
    const until = this.world.now + ATTEMPTS_MAX * RETRY_MS;
    while (answers.length === 0 && this.world.schedule.step(until));
    const [answer] = answers;
    if (answer === undefined) throw new Error(`nobody answered ${request.verb} ${request.resource} ${request.name ?? ''} for ${ATTEMPTS_MAX} s`);
    return answer;
  }

  /** Sends a write without waiting for its answer. */
  begin(request: WriteRequest, onAnswer: (answer: WriteAnswer) => void = () => undefined): void {
    this.count += 1;
    const write: ApiWrite = {
      version: 'v1',
      dryRun: false,
      fieldManager: 'scenario',
      fieldValidation: 'Strict',
      force: false,
      user: 'scenario',
      ...request,
      id: `scenario-${this.count}`,
    };
    let isOpen = true;
    const attempt = (left: number): void => {
      if (!isOpen || left === 0) return;
      this.world.request('client', { type: 'WriteObject', write }, (payload) => {
        if (!isOpen) return;
        isOpen = false;
        onAnswer(JSON.parse(payload) as WriteAnswer);
      });
      this.world.schedule.after(RETRY_MS, () => attempt(left - 1));
    };
    attempt(ATTEMPTS_MAX);
  }
}
