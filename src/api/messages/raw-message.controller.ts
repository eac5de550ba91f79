import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TokenAuthenticator } from '../authentication/token-authenticator.js';
import { MessageService } from './message.service.js';

/**
 * The source of a message, streamed: `curl -H "Authorization: Bearer ..." .../messages/ID/raw`, as it is delivered;
 * with `?form=received` as it came in.
 */
@Controller('messages')
export class RawMessageController {
  constructor(
    private readonly authenticator: TokenAuthenticator,
    private readonly messages: MessageService,
  ) {}

  @Get(':id/raw')
  async raw(
    @Param('id') id: string,
    @Query('form') form: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const viewer = await this.authenticator.authenticate(request.headers.authorization);
    if (viewer === null) {
      await reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ error: { code: 'UNAUTHENTICATED' } });
      return;
    }
    if (form !== undefined && form !== 'received' && form !== 'delivered') {
      const message = 'form must be received or delivered';
      await reply.code(400).send({ error: { code: 'BAD_USER_INPUT', message } });
      return;
    }
    const raw = await this.messages.raw(viewer.organizationId, id, form ?? 'delivered');
    if (raw === null) {
      await reply.code(404).send({ error: { code: 'NOT_FOUND', message: 'there is no such message' } });
      return;
    }
    await reply
      .headers({
        'content-type': 'message/rfc822',
        'content-length': raw.size,
        'content-disposition': `attachment; filename="${id}.eml"`,
        // It is whatever a stranger sent: no browser may take it for a page.
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, no-store',
      })
      .send(Readable.from(raw.chunks()));
  }
}
