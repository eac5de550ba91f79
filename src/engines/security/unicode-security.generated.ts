/**
 * Letters that read as Latin ones: the rows of Unicode's confusables.txt (UTS 39) whose target is ASCII, without those
 * that NFKC or lower case resolves. Unicode data files, (c) Unicode, Inc., Unicode License v3
 * (https://www.unicode.org/license.txt); modified: chosen and regrouped by target. Written by src/cli/unicode-security.ts.
 */
export const CONFUSABLES: readonly (readonly [latin: string, letters: string])[] = [
  ['2', '\u{14bf}\u{a6ef}'],
  ['3', '\u{118ca}\u{16f3b}'],
  ['6', '\u{431}\u{118d5}'],
  ['7', '\u{118c6}'],
  ['8', '\u{223}\u{9ea}\u{a6a}\u{b03}\u{1031a}'],
  ['9', '\u{9ed}\u{a67}\u{b68}\u{d6d}\u{118cc}\u{118d6}'],
  ['a', '\u{251}\u{3b1}\u{430}\u{15c5}\u{a4ee}\u{102a0}\u{16f40}'],
  ['aa', '\u{a733}'],
  ['ae', '\u{e6}\u{4d5}'],
  ['ao', '\u{a735}'],
  ['au', '\u{a737}'],
  ['av', '\u{a739}\u{a73b}'],
  ['ay', '\u{a73d}'],
  ['b', '\u{1472}\u{15af}\u{15f7}\u{a4d0}\u{10282}\u{102a1}\u{10301}'],
  ['c', '\u{441}\u{1d04}\u{2ca5}\u{a4da}\u{abaf}\u{102a2}\u{10302}\u{1043d}\u{1051c}\u{118e9}\u{118f2}'],
  ['d', '\u{501}\u{146f}\u{15de}\u{15ea}\u{a4d2}\u{a4d3}'],
  ['dz', '\u{2a3}'],
  ['e', '\u{435}\u{4bd}\u{2d39}\u{a4f0}\u{ab32}\u{10286}'],
  ['f', '\u{584}\u{15b4}\u{1e9d}\u{a4dd}\u{a799}\u{ab35}\u{10287}\u{102a5}\u{10525}\u{118c2}'],
  ['g', '\u{18d}\u{261}\u{581}\u{1d83}\u{a4d6}'],
  ['h', '\u{4bb}\u{570}\u{157c}\u{a4e7}\u{102cf}'],
  ['i', '\u{131}\u{269}\u{26a}\u{3b9}\u{456}\u{4cf}\u{a647}\u{ab75}\u{118c3}'],
  ['j', '\u{3f3}\u{458}\u{148d}\u{a4d9}'],
  ['k', '\u{16d5}\u{a4d7}\u{10518}'],
  ['l', '\u{1c0}\u{6f1}\u{14aa}\u{16c1}\u{2d4f}\u{a4e1}\u{a4f2}\u{1028a}\u{10309}\u{10320}\u{10526}\u{16f16}\u{16f28}'],
  ['ll', '\u{1c1}'],
  ['ls', '\u{2aa}'],
  ['lz', '\u{2ab}'],
  ['m', '\u{15f0}\u{16d6}\u{a4df}\u{102b0}\u{10311}'],
  ['n', '\u{578}\u{57c}\u{a4e0}\u{10513}'],
  [
    'o',
    '\u{3bf}\u{3c3}\u{43e}\u{585}\u{6f5}\u{966}\u{9e6}\u{a66}\u{ae6}\u{b20}\u{b66}\u{be6}\u{c02}\u{c66}\u{c82}\u{ce6}\u{d02}\u{d20}\u{d66}\u{d82}\u{e50}\u{ed0}\u{101d}\u{1040}\u{10ff}\u{12d0}\u{1d0f}\u{1d11}\u{2c9f}\u{2d54}\u{3007}\u{a4f3}\u{ab3d}\u{10292}\u{102ab}\u{1042c}\u{104ea}\u{10516}\u{114d0}\u{118c8}\u{118d7}\u{118e0}',
  ],
  ['oe', '\u{153}'],
  ['oo', '\u{a699}\u{a74f}'],
  ['p', '\u{3c1}\u{440}\u{146d}\u{2ca3}\u{a4d1}\u{10295}'],
  ['q', '\u{51b}\u{563}\u{566}\u{2d55}'],
  ['r', '\u{433}\u{1587}\u{1d26}\u{2c85}\u{a4e3}\u{ab47}\u{ab48}\u{ab81}\u{16f35}'],
  ['rn', '\u{11700}\u{118e3}'],
  ['s', '\u{1bd}\u{455}\u{a4e2}\u{a731}\u{abaa}\u{10296}\u{10448}\u{118c1}\u{16f3a}'],
  ['t', '\u{a4d4}\u{10297}\u{102b1}\u{10315}\u{16f0a}'],
  ['tf', '\u{a777}'],
  ['ts', '\u{2a6}'],
  ['u', '\u{28b}\u{3c5}\u{57d}\u{1200}\u{144c}\u{1d1c}\u{a4f4}\u{a79f}\u{ab4e}\u{ab52}\u{104f6}\u{118d8}\u{16f42}'],
  ['ue', '\u{1d6b}'],
  ['uo', '\u{ab63}'],
  ['v', '\u{3bd}\u{475}\u{6f7}\u{142f}\u{1d20}\u{2d38}\u{a4e6}\u{a6df}\u{aba9}\u{1051d}\u{11706}\u{118c0}\u{16f08}'],
  ['w', '\u{26f}\u{461}\u{51d}\u{561}\u{1d21}\u{a4ea}\u{ab83}\u{1170a}\u{1170e}\u{1170f}\u{118e6}\u{118ef}'],
  ['x', '\u{445}\u{1541}\u{157d}\u{16b7}\u{2d5d}\u{a4eb}\u{10290}\u{102b4}\u{10317}\u{10322}\u{10527}\u{118ec}'],
  ['y', '\u{263}\u{28f}\u{3b3}\u{443}\u{4af}\u{10e7}\u{1d8c}\u{1eff}\u{a4ec}\u{ab5a}\u{102b2}\u{118dc}\u{16f43}'],
  ['z', '\u{1d22}\u{a4dc}\u{ab93}\u{102f5}\u{118c4}\u{118e5}'],
];

/**
 * Code points that may stand in an identifier (Identifier_Status=Allowed, UTS 39 3.1, Unicode 14), without Han and Hangul,
 * as hexadecimal ranges. The same source and licence.
 */
export const ALLOWED_IN_IDENTIFIERS =
  'b7 c0-d6 d8-f6 f8-131 134-13e 141-148 14a-17e 18f 1a0-1a1 1af-1b0 1cd-1dc 1de-1e3 1e6-1f0 1f4-21b 21e-21f 226-233 259 2bb-2bc 2ec 300-304 306-30c 30f-311 313-314 31b 323-328 32d-32e 330-331 335 338-339 342 345 375 37b-37d 386 388-3ce 3fc-45f 48a-4ff 510-529 52e-559 561-586 58a 5b4 5d0-5f4 620-63f 641-655 660-669 670-672 674 679-68d 68f-6a0 6a2-6d3 6d5 6e5-6e6 6ee-6ff 750-7b1 870-887 889-88e 8a0-8ac 8b2 8b5-8c9 901-94d 94f-950 956-957 960-963 966-96f 971-977 979-97f 981-9d7 9e0-9f1 9fe-a32 a35 a38-a4d a5c a66-a74 a81-aef afa-b43 b47-b57 b5f-b61 b66-b6f b71 b82-bef c01-c33 c35-c56 c5d-c61 c66-c6f c80 c82-c83 c85-cdd ce0-d00 d02-d03 d05-d3a d3d-d43 d46-d4e d54-d57 d60-d61 d66-d6f d7a-d7f d82-d8e d91-da5 da7-dde df2 e01-e32 e34-e3a e40-e4e e50-e59 e81-eb2 eb4-ed9 ede-f00 f0b f20-f29 f35 f37 f3e-f42 f44-f4c f4e-f51 f53-f56 f58-f5b f5d-f68 f6a-f72 f74 f7a-f80 f82-f84 f86-f92 f94-f9c f9e-fa1 fa3-fa6 fa8-fab fad-fb8 fba-fbc fc6 1000-1049 1050-109d 10c7-10f0 10f7-10fa 10fd-10ff 1200-135f 1380-138f 1780-17a2 17a5-17a7 17a9-17b3 17b6-17cd 17d0 17d2 17d7 17dc 17e0-17e9 1c90-1cbf 1e00-1e99 1e9e 1ea0-1ef9 1f00-1f70 1f72 1f74 1f76 1f78 1f7a 1f7c 1f80-1fbc 1fc2-1fcc 1fd0-1fd2 1fd6-1fda 1fe0-1fe2 1fe4-1fec 1ff2-1ffc 200c-200d 2010 2019 2027 2d27-2d2d 2d80-2dde 3041-309a 309d-309e 30a0-30fa 30fc-30fe 3105-312d 312f 31a0-31bf a67f a717-a71f a788 a78d a792-a793 a7aa-a7ae a7b8-a7b9 a7c0-a7d9 a9e7-a9fe aa60-aa76 aa7a-aa7f ab01-ab2e ab66-ab67 11301 11303 1133b-1133c 1b11f-1b167 1df00-1df1e 1e7e0-1e7fe';
