/** Sentences of our own as mail has them, and what of each must come back letter by letter. */
export interface TestSentence {
  from: string;
  to: string;
  text: string;
  keep: string[];
  /** In the header fields of the mail. */
  names?: string[];
}

const EN_ES: Omit<TestSentence, 'from' | 'to'>[] = [
  { text: 'Dear Anna, please send the contract to Peter Hughes before Friday.', keep: ['Anna', 'Peter Hughes'] },
  { text: 'The invoice INV-2044 of 3 March 2026 is still open.', keep: ['INV-2044', '3 March 2026'] },
  {
    text: 'You can read the report at https://files.example.com/q3/report.pdf?v=2.',
    keep: ['https://files.example.com/q3/report.pdf?v=2'],
  },
  { text: 'We owe you €1,250.00 and you owe us $75.', keep: ['€1,250.00', '$75'] },
  {
    text: 'Write to maria.lopez+orders@example.co.uk if the parcel is late.',
    keep: ['maria.lopez+orders@example.co.uk'],
  },
  { text: 'The meeting is at 10:30 on 2026-04-17 in room B-12.', keep: ['10:30', '2026-04-17', 'B-12'] },
  { text: 'He said "we will pay on Monday" and left.', keep: ['"we will pay on Monday"'] },
  { text: 'Call me on +44 20 7946 0018 after 5 pm.', keep: ['+44 20 7946 0018', '5 pm'] },
  {
    text: 'Rose Brown and Will Young will be in the office.',
    keep: ['Rose Brown', 'Will Young'],
    names: ['Rose Brown', 'Will Young'],
  },
  { text: 'Will Rose come to the party?', keep: ['Rose'], names: ['Rose Brown'] },
  { text: 'Run `npm install everpost` and then restart the server.', keep: ['`npm install everpost`'] },
  { text: 'Our new price is 12.5% higher than the price of 2024.', keep: ['12.5%', '2024'] },
  { text: 'The error message “Disk quota exceeded” appears every night.', keep: ['“Disk quota exceeded”'] },
  { text: 'Order #88172 was shipped with tracking number 1Z999AA10123456784.', keep: ['#88172', '1Z999AA10123456784'] },
  {
    text: 'Please copy the file budget_2026-final.xlsx into the folder /srv/share/finance.',
    keep: ['budget_2026-final.xlsx', '/srv/share/finance'],
  },
  { text: 'Version 3.14.2 of the program needs 8 GB of memory.', keep: ['3.14.2', '8 GB'] },
  { text: 'I spoke with Grace Green about the house on Baker Street.', keep: ['Grace Green', 'Baker Street'] },
  { text: 'The train leaves at 7.45 a.m. and arrives at 11:20 p.m.', keep: ['7.45 a.m.', '11:20 p.m.'] },
  { text: 'Hello {{first_name}}, your code is 483920.', keep: ['{{first_name}}', '483920'] },
  {
    text: 'See also www.example.org/help and example.net for more information.',
    keep: ['www.example.org/help', 'example.net'],
  },
  { text: 'Between 10 and 12 people came on January 5th.', keep: ['10', '12', 'January 5th'] },
  { text: 'The shares of Acme Widgets fell from 101.20 to 98.75 EUR.', keep: ['Acme Widgets', '101.20', '98.75 EUR'] },
  { text: 'Mark May is on holiday until 14 May 2026.', keep: ['Mark May', '14 May 2026'], names: ['Mark May'] },
  { text: 'Pay to IBAN DE89 3704 0044 0532 0130 00 please.', keep: ['DE89 3704 0044 0532 0130 00'] },
  { text: 'The variable max_retry_count must not be larger than 5.', keep: ['max_retry_count', '5'] },
  { text: 'The package weighs 2.5 kg and measures 30x40 cm.', keep: ['2.5 kg', '30x40 cm'] },
  { text: 'Ask @jsmith or write to #support in the chat.', keep: ['@jsmith', '#support'] },
  {
    text: 'Jack Stone, Penny Price and Frank Hill are in copy.',
    keep: ['Penny Price', 'Frank Hill', 'Jack Stone'],
    names: ['Jack Stone', 'Penny Price', 'Frank Hill'],
  },
  {
    text: 'The documents of Mrs White and Mr Black are ready.',
    keep: ['White', 'Black'],
    names: ['Mary White', 'Tom Black'],
  },
  { text: 'Use <b>bold</b> only if a < b and c > d.', keep: ['<b>', '</b>'] },
  { text: 'The reference ZQ1X of your letter is unknown to us.', keep: ['ZQ1X'] },
  { text: 'The server 192.0.2.17 did not answer from 23:10 to 23:55.', keep: ['192.0.2.17', '23:10', '23:55'] },
  { text: "Peter's car and the Johnsons' house are for sale.", keep: ['Peter', 'Johnsons'], names: ['Peter Johnsons'] },
];

const ES_EN: Omit<TestSentence, 'from' | 'to'>[] = [
  { text: 'Estimada Paloma, le envío el contrato de Rosa Blanco.', keep: ['Paloma', 'Rosa Blanco'] },
  { text: 'La factura F-2026/118 del 3 de marzo de 2026 está pendiente.', keep: ['F-2026/118', '3 de marzo de 2026'] },
  {
    text: 'Puede descargar el informe en https://ejemplo.es/informes?id=77&lang=es.',
    keep: ['https://ejemplo.es/informes?id=77&lang=es'],
  },
  { text: 'El precio es de 1.250,00 € más el 21 % de IVA.', keep: ['1.250,00 €', '21 %'] },
  { text: 'Escriba a pedidos@tienda.example si no recibe el paquete.', keep: ['pedidos@tienda.example'] },
  { text: 'La reunión es a las 16:45 en la sala C-3.', keep: ['16:45', 'C-3'] },
  { text: 'El cliente dijo «no vamos a pagar» y colgó el teléfono.', keep: ['«no vamos a pagar»'] },
  { text: 'Llámeme al +34 912 345 678 después de las 9:00.', keep: ['+34 912 345 678', '9:00'] },
  {
    text: 'Dolores Fuertes y Ángel Prado vienen mañana.',
    keep: ['Dolores Fuertes', 'Ángel Prado'],
    names: ['Dolores Fuertes', 'Ángel Prado'],
  },
  { text: 'Pregunte a Soledad o a Pilar por las llaves.', keep: ['Soledad', 'Pilar'] },
  { text: 'El pedido 88172-B pesa 12,5 kg.', keep: ['88172-B', '12,5 kg'] },
  { text: 'El archivo presupuesto_final.docx no se abre.', keep: ['presupuesto_final.docx'] },
  { text: 'La versión 2.0.1 corrige el error "acceso denegado".', keep: ['2.0.1', '"acceso denegado"'] },
  { text: 'Vivimos en la calle Mayor 15, 28013 Madrid.', keep: ['15', '28013', 'Madrid'] },
  { text: 'Hola Blanca, el vuelo IB3154 sale el 17/04/2026.', keep: ['Blanca', 'IB3154', '17/04/2026'] },
  { text: 'Hay 350 personas y solo 120 sillas.', keep: ['350', '120'] },
  { text: 'Ejecute `systemctl restart postfix` en el servidor.', keep: ['`systemctl restart postfix`'] },
  { text: 'Visite www.ejemplo.org/ayuda para más información.', keep: ['www.ejemplo.org/ayuda'] },
  { text: 'La empresa Flores Hermanos compra 40 cajas.', keep: ['Flores Hermanos', '40'] },
  { text: 'El señor León y la señora Paz han firmado.', keep: ['León', 'Paz'], names: ['Carlos León', 'María Paz'] },
];

const FR_ES: Omit<TestSentence, 'from' | 'to'>[] = [
  { text: 'Bonjour Claire, le contrat de Pierre Dubois est prêt.', keep: ['Claire', 'Pierre Dubois'] },
  { text: 'La facture FA-778 du 12 février 2026 est payée.', keep: ['FA-778', '12 février 2026'] },
  { text: 'Le document est sur https://exemple.fr/docs/a.pdf#page=3.', keep: ['https://exemple.fr/docs/a.pdf#page=3'] },
  { text: 'Le prix est de 2 500,00 € pour 3 mois.', keep: ['2 500,00 €', '3'] },
  { text: 'Écrivez à contact@exemple.fr avant 18 h.', keep: ['contact@exemple.fr', '18 h'] },
  { text: 'Il a répondu « pas avant lundi » hier.', keep: ['« pas avant lundi »'] },
  {
    text: 'Marguerite Petit et Blanche Legrand sont absentes.',
    keep: ['Marguerite Petit', 'Blanche Legrand'],
    names: ['Marguerite Petit', 'Blanche Legrand'],
  },
  { text: 'Le train 8412 part à 14:05.', keep: ['8412', '14:05'] },
  { text: 'Appelez le +33 1 42 68 53 00 demain.', keep: ['+33 1 42 68 53 00'] },
  { text: 'La commande n° 4471 pèse 7 kg.', keep: ['4471', '7 kg'] },
];

const ES_FR: Omit<TestSentence, 'from' | 'to'>[] = [
  { text: 'Querido Ángel, la casa de Mercedes Rey es muy grande.', keep: ['Ángel', 'Mercedes Rey'] },
  { text: 'El pago de 99,90 EUR llegó el 5 de mayo de 2026.', keep: ['99,90 EUR', '5 de mayo de 2026'] },
  { text: 'El enlace es http://ejemplo.es:8080/x/y_z.', keep: ['http://ejemplo.es:8080/x/y_z'] },
  { text: 'El director dijo "no hay dinero" en la reunión.', keep: ['"no hay dinero"'] },
  { text: 'Mi dirección es luz.sol@correo.example.', keep: ['luz.sol@correo.example'] },
  { text: 'La puerta 21-A cierra a las 22:30.', keep: ['21-A', '22:30'] },
];

const of = (from: string, to: string, list: Omit<TestSentence, 'from' | 'to'>[]): TestSentence[] =>
  list.map((sentence) => ({ from, to, ...sentence }));

export const SENTENCES: readonly TestSentence[] = [
  ...of('en', 'es', EN_ES),
  ...of('es', 'en', ES_EN),
  ...of('fr', 'es', FR_ES),
  ...of('es', 'fr', ES_FR),
];
