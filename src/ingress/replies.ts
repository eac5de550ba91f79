/** An answer other than success: its code (RFC 5321 4.2) and a text that begins with the enhanced code (RFC 3463). */
export class SmtpReply extends Error {
  override name = 'SmtpReply';
  readonly responseCode: number;

  constructor(responseCode: number, text: string) {
    super(text);
    this.responseCode = responseCode;
  }
}

export const temporaryFailure = () =>
  new SmtpReply(451, '4.3.0 the message cannot be taken right now; please try again later');

export const cannotBeStored = () => new SmtpReply(554, '5.6.0 the message cannot be stored as it is');
