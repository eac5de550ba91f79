import { describe, expect, it } from 'vitest';
import { readNgramSource } from '../../../src/adapters/ngram-source.js';
import { LanguageDetector } from '../../../src/engines/language/detect-language.js';

const languages = new LanguageDetector(readNgramSource);

const TEXTS: Record<string, string> = {
  en: 'Thank you for your message. Could you please send me the signed contract before Friday?',
  de: 'Vielen Dank für Ihre Nachricht. Könnten Sie mir bitte den unterschriebenen Vertrag bis Freitag schicken?',
  fr: 'Merci pour votre message. Pourriez-vous m’envoyer le contrat signé avant vendredi, s’il vous plaît ?',
  es: 'Gracias por su mensaje. ¿Podría enviarme el contrato firmado antes del viernes, por favor?',
  it: 'Grazie per il messaggio. Potrebbe inviarmi il contratto firmato entro venerdì?',
  nl: 'Bedankt voor uw bericht. Kunt u mij het getekende contract voor vrijdag sturen?',
  pl: 'Dziękuję za wiadomość. Czy mógłby Pan przesłać podpisaną umowę do piątku?',
  ja: 'ご連絡ありがとうございます。金曜日までに署名済みの契約書をお送りください。',
};

describe('detecting the language', () => {
  it.each(Object.entries(TEXTS))('knows %s', (language, text) => {
    const { outcome, confidence } = languages.detect('', text);
    expect(outcome.language).toBe(language);
    expect(confidence).toBeGreaterThan(0.8);
  });

  it('says unknown where there is too little text', () => {
    for (const text of ['', 'ok', '12345 67890', 'https://example.org/a-long-english-path']) {
      expect(languages.detect('', text).outcome.language).toBe('unknown');
    }
  });

  it('is surer of a longer text', () => {
    const short = languages.detect('', 'Please call me back').confidence;
    expect(short).toBeLessThan(languages.detect('', TEXTS['en'] ?? '').confidence);
  });

  it('reads the subject where the text is short', () => {
    expect(languages.detect('Rückfrage zu Ihrer Bestellung vom Montag', 'Danke!').outcome.language).toBe('de');
  });

  it('goes by what the writer wrote before where a text is too short to tell', () => {
    expect(languages.detect('', 'Ok, takk').outcome.language).toBe('unknown');
    expect(languages.detect('', 'Er det ok i morgen?', { no: 4 }).outcome.language).toBe('no');
    expect(languages.detect('', 'Er det ok i morgen?', { da: 4 }).outcome.language).toBe('da');
    expect(languages.detect('', TEXTS['de'] ?? '', { no: 40 }).outcome.language).toBe('de');
  });

  it('names the languages that come next', () => {
    const { alternatives } = languages.detect(
      '',
      'Jeg vil gerne have et møde med dig i morgen eller på mandag',
    ).outcome;
    expect(alternatives.length).toBeGreaterThan(0);
    expect(alternatives.every(({ score }) => score > 0 && score < 1)).toBe(true);
  });
});
