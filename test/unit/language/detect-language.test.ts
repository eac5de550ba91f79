import { describe, expect, it } from 'vitest';
import { detectLanguage } from '../../../src/engines/language/detect-language.js';

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
    const { outcome, confidence } = detectLanguage('', text);
    expect(outcome.language).toBe(language);
    expect(confidence).toBeGreaterThan(0.8);
  });

  it('says unknown where there is too little text', () => {
    for (const text of ['', 'ok', '12345 67890', 'https://example.org/a-long-english-path']) {
      expect(detectLanguage('', text).outcome).toEqual({ language: 'unknown', alternatives: [] });
    }
  });

  it('is surer of a longer text', () => {
    const short = detectLanguage('', 'Please call me back').confidence;
    expect(short).toBeLessThan(detectLanguage('', TEXTS['en'] ?? '').confidence);
  });

  it('reads the subject where the text is short', () => {
    expect(detectLanguage('Rückfrage zu Ihrer Bestellung vom Montag', 'Danke!').outcome.language).toBe('de');
  });

  it('names the languages that come next', () => {
    const { alternatives } = detectLanguage('', 'Jeg vil gerne have et møde med dig i morgen eller på mandag').outcome;
    expect(alternatives.length).toBeGreaterThan(0);
    expect(alternatives.every(({ score }) => score > 0 && score < 1)).toBe(true);
  });
});
