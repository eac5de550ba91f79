import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { HealthService } from './health.service.js';

/** For supervisors and load balancers; both say nothing about any organization. */
@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** The process lives and answers. */
  @Get('healthz')
  @HttpCode(200)
  alive() {
    return { status: 'ok' };
  }

  /** It can serve: the database is reachable and migrated. Temporal is reported, but its absence is not ours. */
  @Get('readyz')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const readiness = await this.health.readiness();
    await reply.code(readiness.ready ? 200 : 503).send(readiness);
  }
}
