import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * A token endpoint (RFC 6749 6) that rotates the refresh token with every use, as Microsoft's and others do, and an
 * introspection endpoint (RFC 7662) that a mail server asks about access tokens.
 */
export class OAuthServer {
  readonly #server: Server;
  readonly #user: string;
  readonly clientId = 'everpost';
  readonly clientSecret = randomBytes(8).toString('hex');
  /** The one that is good now; null: consent was withdrawn. */
  refreshToken: string | null = randomBytes(16).toString('hex');
  readonly accessTokens = new Set<string>();
  /** Every one that was ever handed out or asked with: none of them may show up anywhere. */
  readonly secrets: string[] = [this.clientSecret, this.refreshToken!];
  refreshes = 0;
  expiresIn = 3_600;

  private constructor(user: string) {
    this.#user = user;
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        const url = new URL(request.url ?? '/', 'http://localhost');
        const [status, answer] =
          url.pathname === '/token'
            ? this.#exchange(new URLSearchParams(body))
            : this.#introspect(url, body, request.headers.authorization);
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
  }

  static async start(user: string): Promise<OAuthServer> {
    const server = new OAuthServer(user);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #exchange(form: URLSearchParams): [number, object] {
    if (form.get('client_id') !== this.clientId || form.get('client_secret') !== this.clientSecret) {
      return [401, { error: 'invalid_client' }];
    }
    const token = form.get('refresh_token');
    if (form.get('grant_type') !== 'refresh_token' || this.refreshToken === null || token !== this.refreshToken) {
      return [400, { error: 'invalid_grant', error_description: `what about ${token}?` }];
    }
    this.refreshes += 1;
    this.refreshToken = randomBytes(16).toString('hex');
    const accessToken = randomBytes(16).toString('hex');
    this.accessTokens.add(accessToken);
    this.secrets.push(this.refreshToken, accessToken);
    return [
      200,
      { access_token: accessToken, token_type: 'Bearer', expires_in: this.expiresIn, refresh_token: this.refreshToken },
    ];
  }

  #introspect(url: URL, body: string, authorization: string | undefined): [number, object] {
    const token =
      authorization?.replace(/^Bearer /, '') ??
      new URLSearchParams(body).get('token') ??
      url.searchParams.get('token') ??
      '';
    return this.accessTokens.has(token) ? [200, { active: true, username: this.#user }] : [401, { active: false }];
  }
}
