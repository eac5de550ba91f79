import { describe, expect, test } from 'vitest';
import { readRecipientAddress } from '../../../src/adapters/outgoing/recipient-address.js';

describe('the address of a recipient', () => {
  test.each([
    ['Bea@One.Example', 'Bea@one.example'],
    ['bea+tag@one.example', 'bea+tag@one.example'],
    [`!#$%&'*+/=?^_\`{|}~-@one.example`, `!#$%&'*+/=?^_\`{|}~-@one.example`],
    ['"bea @ home"@one.example', '"bea @ home"@one.example'],
    ['bea@bücher.example', 'bea@xn--bcher-kva.example'],
    ['josé@one.example', 'josé@one.example'],
    ['用户@例子.测试', '用户@xn--fsqu00a.xn--0zwm56d'],
    ['bea@例子。测试', 'bea@xn--fsqu00a.xn--0zwm56d'],
  ])('%s is taken', (given, address) => {
    expect(readRecipientAddress(given)).toEqual({ address, destination: address.slice(address.lastIndexOf('@') + 1) });
  });

  test.each([
    '',
    'bea',
    '@one.example',
    'bea@',
    'bea@one',
    'bea@127.0.0.1',
    'bea@0x7f.1',
    'bea@[IPv6:::1]',
    '.bea@one.example',
    'bea.@one.example',
    'be..a@one.example',
    'be a@one.example',
    'bea@one example',
    'bea@one.example\r\nRCPT TO:<eve@two.example>',
    'bea\r\n@one.example',
    '"bea\r\n"@one.example',
    '<bea@one.example>',
    'bea@one.example,eve@two.example',
    'be\u200ba@one.example',
    'bea@\u202eelpmaxe.one',
    `${'b'.repeat(65)}@one.example`,
    `${'é'.repeat(33)}@one.example`,
    `bea@${'a'.repeat(64)}.example`,
    `bea@${'a.'.repeat(127)}example`,
  ])('%j is not', (given) => {
    expect(readRecipientAddress(given)).toHaveProperty('problem');
  });
});
