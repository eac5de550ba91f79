import { Readable } from 'node:stream';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TokenAuthenticator } from '../authentication/token-authenticator.js';
import { MessageService } from './message.service.js';

/** The source of a message as it is, streamed: `curl -H "Authorization: Bearer ..." .../messages/ID/raw`. */
@Controller('messages')
export class RawMessageController {
  constructor(
    private readonly authenticator: TokenAuthenticator,
    private readonly messages: MessageService,
  ) {}

  @Get(':id/raw')
  async raw(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const viewer = await this.authenticator.authenticate(request.headers.authorization);
    if (viewer === null) {
      await reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ error: { code: 'UNAUTHENTICATED' } });
      return;
    }
    const raw = await this.messages.raw(viewer.organizationId, id);
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
