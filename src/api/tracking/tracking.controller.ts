import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TrackedRecipient } from '../../adapters/tracking/record-hits.js';
import { TrackingService, type Visitor } from './tracking.service.js';
import { unsubscribePage } from './unsubscribe-page.js';

/** One transparent point. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const CLICK = '/t/c/';
const NOT_KEPT = {
  'cache-control': 'no-store, private, max-age=0',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
};

/** What links in mail lead to: nobody signs in here, a signature in the link says what it is for. */
@Controller('t')
export class TrackingController {
  constructor(private readonly tracking: TrackingService) {}

  /** The picture is the same whatever the token says: who tries tokens learns nothing. */
  @Get('o/:file')
  async open(@Param('file') file: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.tracking.opened(file.replace(/\.gif$/, ''), visitorOf(request));
    await reply
      .code(200)
      .headers({ ...NOT_KEPT, 'content-type': 'image/gif' })
      .send(PIXEL);
  }

  /** The token holds the target, and is longer than a parameter of a path may be. */
  @Get('c/*')
  async click(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = request.url.split('?')[0] ?? '';
    const token = path.slice(path.indexOf(CLICK) + CLICK.length);
    const target = await this.tracking.clicked(token, visitorOf(request));
    if (target === null) return page(reply, 404, 'unknown', null, '');
    await reply
      .code(302)
      .headers({ ...NOT_KEPT, location: target })
      .send();
  }

  @Get('u/:token')
  async ask(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const recipient = await this.tracking.recipientOf(token);
    return page(reply, recipient === null ? 404 : 200, recipient === null ? 'unknown' : 'asks', recipient, token);
  }

  /** RFC 8058: a single POST, without a person on a page; the page's form asks the same. */
  @Post('u/:token')
  async unsubscribe(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const recipient = await this.tracking.recipientOf(token);
    if (recipient === null) return page(reply, 404, 'unknown', null, '');
    await this.tracking.unsubscribe(recipient, 'the link in the message');
    return page(reply, 200, 'unsubscribed', recipient, token);
  }

  @Post('n/:token')
  async optOut(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const recipient = await this.tracking.recipientOf(token);
    if (recipient === null) return page(reply, 404, 'unknown', null, '');
    await this.tracking.optOut(recipient);
    return page(reply, 200, 'notTracked', recipient, token);
  }
}

function visitorOf({ method, headers }: FastifyRequest): Visitor {
  const { 'user-agent': userAgent } = headers;
  return {
    method,
    userAgent: userAgent ?? null,
    private: headers['dnt'] === '1' || headers['sec-gpc'] === '1',
  };
}

async function page(
  reply: FastifyReply,
  code: number,
  state: Parameters<typeof unsubscribePage>[0],
  recipient: TrackedRecipient | null,
  token: string,
): Promise<void> {
  await reply
    .code(code)
    .headers({
      ...NOT_KEPT,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    })
    .send(unsubscribePage(state, { address: recipient?.address ?? '', token }));
}
