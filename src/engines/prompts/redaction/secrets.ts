import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { spansOf, type Span } from './span.js';

/** The rules of the preset, all of them. */
const RULES = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator, options: {} }] };

const WORDS =
  "password|passwd|pwd|pass ?(?:word|code|phrase)|passwort|kennwort|zugangscode|mot de passe|mdp|code d'accès|contraseña|clave|senha|palavra-passe|parola(?: d'ordine)?|wachtwoord|hasło|heslo|lösenord|adgangskode|passord|salasana|пароль|şifre|jelszó|κωδικός|密码|密碼|口令|パスワード|暗証番号|비밀번호|암호|كلمة (?:المرور|السر)|סיסמה|pin(?:[- ]?code)?|puk|cvv2?|cvc2?|tan|otp|api[ _-]?key|api[ _-]?token|access[ _-]?(?:key|token)|secret(?:[ _-]?(?:key|access[ _-]?key))?|client[ _-]?secret|auth[ _-]?token|bearer|token|private key|licen[cs]e key|seed phrase|recovery (?:code|phrase|key)|(?:verification|security|confirmation|login|one-time|access|sicherheits|bestätigungs|zugangs)[ -]?codes?|code de (?:vérification|sécurité)|código de (?:verificación|seguridad)";
/** Behind a colon or an equals sign whatever stands there is taken; quoted it may hold blanks. */
const SET = new RegExp(
  `(?<![\\p{L}\\d])(?:${WORDS})["'\`*_]{0,3}[ \\t]{0,3}(?:\\([^()\\n]{1,30}\\)[ \\t]{0,3})?(?:\\p{L}{1,12}[ \\t]{1,2}){0,3}(?:\\p{L}{1,12}[ \\t]{0,2})?(?:[:=：＝]|=>|->|→)["'*_]{0,2}\\s{0,4}("[^"\\n]{1,120}"|'[^'\\n]{1,120}'|\`[^\`\\n]{1,120}\`|\\d{2,4}(?:[ -]\\d{2,4}){1,3}(?!\\S)|\\S{2,4096})`,
  'giu',
);
/** Behind a verb or a blank only what looks like no word: it has a digit or a sign inside. */
const TOLD = new RegExp(
  `(?<![\\p{L}\\d])(?:${WORDS})["'\`*_]{0,3}\\s{1,3}(?:(?:is|ist|lautet|est|es|é|è|jest|je|är|er|on|:)\\s{1,3})?(?:now|jetzt|still|noch|the|das)?[ ]?("[^"\\n]{2,120}"|'[^'\\n]{2,120}'|\`[^\`\\n]{2,120}\`|\\d{2,4}(?:[ -]\\d{2,4}){1,3}(?!\\d)|(?=[^\\s\\d]{0,60}\\d|\\p{L}{1,60}[!@#$%^&*_+=~?][^\\s])\\S{3,200})`,
  'giu',
);
/** `the password for the portal is hunter2`. */
const TOLD_OF = new RegExp(
  `(?<![\\p{L}\\d])(?:${WORDS})\\s{1,3}(?:for|to|of|on|für|zu|zum|zur|vom|pour|de|du|para|del|per|di)\\s{1,3}(?:[\\p{L}\\d.'’-]{1,30}\\s{1,3}){1,4}(?:is|ist|lautet|est|es|è)\\s{1,3}("[^"\\n]{2,120}"|'[^'\\n]{2,120}'|(?=[^\\s\\d]{0,60}\\d|\\p{L}{1,60}[!@#$%^&*_+=~?][^\\s])\\S{3,200})`,
  'giu',
);
/** `pw: s3cret`, and codes that are sent for a single use, whose word may stand behind them. */
const SHORT = /(?<![\p{L}\d])(?:pw|pass|passwd?)[ \t]{0,2}[:=]\s{0,3}("[^"\n]{1,120}"|\S{2,200})/giu;
const YOUR_CODE =
  /(?<!\p{L})(?:your|ihr|dein|votre|ton|su|tu|il tuo|uw|je)\s{1,2}(?:[\p{L}-]{1,20}\s{1,2}){0,3}(?:code|código|codice|kode)(?:\s{0,2}(?::|=|-|is|ist|lautet|est|es|è))?\s{0,3}(\d(?:[ -]?\d){3,9})(?![\d.,]\d)/giu;
const CODE_FIRST =
  /(?<![\p{L}\d])(?:[A-Z]-)?\d(?:[ -]?\d){3,9}(?=\s{1,2}(?:is|ist|est|es|è)\s{1,2}(?:your|the|ihr|dein|der|votre|le|ton|su|tu|el|il)\s{1,2}(?:[\p{L}-]{1,20}\s{1,2}){0,4}(?:[\p{L}-]{0,20}code|código|codice|passcode|pin|otp|tan)(?!\p{L}))/giu;
const PHRASE =
  /(?<!\p{L})(?:pass ?phrase|passphrase|passsatz|seed phrase|mnemonic|recovery phrase)\s{0,3}(?:is|ist|:|=)\s{0,3}([^\n]{3,400})/giu;
/** An unclosed block runs to the end: what was cut off is part of the key all the same. */
const KEY_BLOCK =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g;
const FORMS: readonly RegExp[] = [
  // JSON Web Tokens (RFC 7519), cut ones too.
  /(?<![\w-])eyJ[\w-]{8,8000}(?:\.[\w-]{0,8000}){0,4}/g,
  // Amazon: examples of the documentation included.
  /(?<![A-Z0-9])(?:AKIA|ASIA|AGPA|AIDA|AROA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])/g,
  // Google: API keys and OAuth.
  /(?<![\w-])AIza[\w-]{35}|(?<![\w-])ya29\.[\w-]{20,2000}|(?<![\w-])GOCSPX-[\w-]{20,60}/g,
  // Keys that carry their maker's prefix: OpenAI, Anthropic, Stripe, GitHub, GitLab, Slack, npm, SendGrid, Twilio, age.
  /(?<![\w-])(?:sk|pk|rk|whsec|gh[oprsu]|github_pat|glpat|xox[abeoprs]|npm|SG|AGE-SECRET-KEY|hf|dop_v1|shpat|sq0csp)[_.-](?=[\w.-]{0,80}\d)[\w.-]{16,400}/g,
  // Azure: connection strings and shared access signatures.
  /(?:AccountKey|SharedAccessKey|sig)=([\w+/%=-]{20,400})/g,
  // Authorization fields (RFC 6750, RFC 7617).
  /(?<!\p{L})(?:Bearer|Basic)\s{1,3}([\w.~+/-]{12,4000}={0,2})/gu,
];
/** A run of this alphabet that mixes cases and digits is nothing that a person wrote. */
const TOKEN = /(?<![\w+/=.@-])[\w+/-]{20,4000}={0,2}(?![\w+/=@])/g;
const LEAST_BITS = 3.3;

/** Keys, tokens and passwords. The makers' own forms are those of secretlint; what stands behind a word is ours. */
export async function secretSpans(text: string): Promise<Span[]> {
  return [
    ...(await makersForms(text)),
    ...[KEY_BLOCK, SET, TOLD, TOLD_OF, SHORT, YOUR_CODE, CODE_FIRST, PHRASE, ...FORMS].flatMap((form) =>
      spansOf(text, form, 'SECRET'),
    ),
    ...spansOf(text, TOKEN, 'SECRET').filter(({ from, to }) => isRandom(text.slice(from, to))),
  ];
}

async function makersForms(text: string): Promise<Span[]> {
  const { messages } = await lintSource({
    source: { filePath: 'mail.txt', content: text, contentType: 'text', ext: '.txt' },
    options: { config: RULES, noPhysicFilePath: true, maskSecrets: false },
  });
  return messages.map(({ range: [from, to] }) => ({ from, to, kind: 'SECRET' }));
}

function isRandom(token: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(token)).length;
  const isHexadecimal = /^[\da-f]{32,}$/i.test(token) && /\d/.test(token) && /[a-f]/i.test(token);
  if (kinds < 3 && !isHexadecimal) return false;
  const counts = new Map<string, number>();
  for (const sign of token) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / token.length) * Math.log2(count / token.length);
  return bits >= LEAST_BITS;
}
