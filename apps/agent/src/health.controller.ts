import { Controller, Get, Header, HttpException, Inject } from '@nestjs/common';
import type { AgentHost } from './agent-host.ts';
import type { AgentMetrics } from './agent-metrics.ts';
import { HOST, METRICS } from './tokens.ts';

@Controller()
export class HealthController {
  constructor(
    @Inject(HOST) private readonly host: AgentHost,
    @Inject(METRICS) private readonly metrics: AgentMetrics,
  ) {}

  @Get('healthz')
  health(): string {
    return 'ok';
  }

  /** Ready when every node is registered. */
  @Get('readyz')
  ready(): object {
    const { machine } = this.host;
    const status = { nodes: machine.nodes.size, registered: machine.registeredNodes };
    if (!this.host.isReady) throw new HttpException(status, 503);
    return status;
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4')
  async metricsText(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
