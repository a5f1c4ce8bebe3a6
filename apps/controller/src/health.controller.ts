import { Controller, Get, Header, HttpException, Inject } from '@nestjs/common';
import type { ControllerHost } from './controller-host.ts';
import type { ControllerMetrics } from './controller-metrics.ts';
import { HOST, METRICS } from './tokens.ts';

@Controller()
export class HealthController {
  constructor(
    @Inject(HOST) private readonly host: ControllerHost,
    @Inject(METRICS) private readonly metrics: ControllerMetrics,
  ) {}

  @Get('healthz')
  health(): string {
    return 'ok';
  }

  /** Ready as long as the log is trusted; a standby is ready too. */
  @Get('readyz')
  ready(): object {
    const status = this.host.status();
    if (status.role === 'halted') throw new HttpException(status, 503);
    return status;
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4')
  async metricsText(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
