import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeClientMessage,
  decodeServerMessage,
  LIMITS,
  parseFrame,
  type ClientMessage,
  type ServerMessage,
} from './protocol.ts';

const howdy = {
  type: 'howdy',
  park: 'main',
  id: 'a',
  priority: 3,
  secret: '12345678',
} satisfies ClientMessage;
const member = { id: 'b', priority: -1.5 };

const fromClient: ClientMessage[] = [
  howdy,
  { type: 'signal', to: 'b', signal: { type: 'offer', sdp: 'v=0\r\n' } },
  { type: 'signal', to: 'b', signal: null },
  { type: 'list' },
  { type: 'bye' },
  { type: 'ping', nonce: '' },
];
const fromServer: ServerMessage[] = [
  { type: 'welcome', members: [member], you: 'a' },
  { type: 'joined', member },
  { type: 'gone', id: 'b' },
  { type: 'signal', from: 'b', signal: { candidate: { candidate: 'x', sdpMLineIndex: 0 } } },
  { type: 'members', members: [] },
  { type: 'pong', nonce: 'n' },
  { type: 'error', code: 'too-fast', message: 'Slow down.' },
];

describe('decoding', () => {
  it.each(fromClient)('takes a client message of type $type over a wire', (message) => {
    const received = parseFrame(JSON.stringify(message));
    expect(decodeClientMessage(received)).toEqual({ ok: true, message });
  });

  it.each(fromServer)('takes a server message of type $type over a wire', (message) => {
    const received = parseFrame(JSON.stringify(message));
    expect(decodeServerMessage(received)).toEqual({ ok: true, message });
  });

  it.each([
    ['an unknown type', { type: 'hello' }],
    ['a type of the other side', { type: 'gone', id: 'b' }],
    ['a missing field', { ...howdy, secret: undefined }],
    ['an unknown field', { ...howdy, admin: true }],
    [
      'an unknown field that is inherited by everything',
      parseFrame('{"type":"list","__proto__":1}'),
    ],
    ['an empty id', { ...howdy, id: '' }],
    ['an empty park', { ...howdy, park: '' }],
    ['a long id', { ...howdy, id: 'x'.repeat(LIMITS.idLength + 1) }],
    ['the name of a gate', { ...howdy, name: 'Gate Heron' }],
    ['a long park', { ...howdy, park: 'x'.repeat(LIMITS.parkLength + 1) }],
    ['a short secret', { ...howdy, secret: '1234567' }],
    ['a long secret', { ...howdy, secret: 'x'.repeat(LIMITS.secretLength + 1) }],
    ['a priority that is no number', { ...howdy, priority: '3' }],
    ['a priority that is not finite', { ...howdy, priority: Infinity }],
    ['a long nonce', { type: 'ping', nonce: 'x'.repeat(LIMITS.nonceLength + 1) }],
    ['no signal', { type: 'signal', to: 'b' }],
    ['a signal that is too large', { type: 'signal', to: 'b', signal: 'x'.repeat(16 * 1024) }],
    ['a signal that no frame can hold', { type: 'signal', to: 'b', signal: 1n }],
    ['no JSON', parseFrame('{"type":"li')],
    ['a list', [howdy]],
    ['null', null],
  ])('refuses a client message with %s', (_name, input) => {
    const decoded = decodeClientMessage(input);
    expect(decoded.ok).toBe(false);
    if (!decoded.ok) expect(decoded.reason).not.toBe('');
  });

  it('counts a signal in bytes of its encoding', () => {
    const fits = 'x'.repeat(LIMITS.signalBytes - 2); // and two quotation marks
    const signal = (value: unknown) =>
      decodeClientMessage({ type: 'signal', to: 'b', signal: value });
    expect(signal(fits).ok).toBe(true);
    expect(signal(`${fits}x`).ok).toBe(false);
    expect(signal('€'.repeat(LIMITS.signalBytes / 2)).ok).toBe(false);
  });

  it('refuses a signal that is nested beyond the bound, however deep', () => {
    const nested = (depth: number) => parseFrame('['.repeat(depth) + ']'.repeat(depth));
    const signal = (value: unknown) =>
      decodeClientMessage({ type: 'signal', to: 'b', signal: value });
    expect(signal(nested(LIMITS.signalDepth)).ok).toBe(true);
    expect(signal(nested(LIMITS.signalDepth + 1)).ok).toBe(false);
    expect(signal(nested(8000)).ok).toBe(false);
  });

  it('refuses more members than a park holds', () => {
    const members = Array.from({ length: LIMITS.members + 1 }, () => member);
    expect(decodeServerMessage({ type: 'members', members }).ok).toBe(false);
    expect(decodeServerMessage({ type: 'members', members: members.slice(1) }).ok).toBe(true);
  });

  it.each([
    ['a type', { type: 'x'.repeat(5000) }],
    ['a field', { type: 'list', ['x'.repeat(5000)]: 1 }],
    ['a value', { ...howdy, id: 'x'.repeat(5000) }],
  ])('quotes nothing of %s in its reason', (_what, input) => {
    const decoded = decodeClientMessage(input);
    expect(decoded.ok ? '' : decoded.reason).toMatch(/^(unknown (type|field)|id: longer than 64)$/);
  });

  it('takes the fields that may be missing, and nothing else in their place', () => {
    const welcome = { type: 'welcome', members: [member], you: 'a' };
    for (const message of [{ ...howdy, role: 'visitor' }, howdy]) {
      expect(decodeClientMessage(message)).toEqual({ ok: true, message });
    }
    expect(decodeClientMessage({ ...howdy, role: 'gate' }).ok).toBe(false);
    for (const message of [{ ...welcome, fresh: true }, welcome]) {
      expect(decodeServerMessage(message)).toEqual({ ok: true, message });
    }
    expect(decodeServerMessage({ ...welcome, fresh: false }).ok).toBe(false);
  });
});

describe('fuzz', () => {
  it('never throws, and takes only what is exactly a message', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (input) => {
        expect(decodeClientMessage(input).ok).toBe(false);
        expect(decodeServerMessage(input).ok).toBe(false);
      }),
    );
  });

  it('refuses a good message with any one field replaced by another type', () => {
    const wrong = fc.oneof(fc.constant(null), fc.boolean(), fc.array(fc.integer()), fc.object());
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(howdy)), wrong, (key, value) => {
        expect(decodeClientMessage({ ...howdy, [key]: value }).ok).toBe(false);
      }),
    );
  });

  it('takes every howdy within the bounds, unchanged', () => {
    const text = (minLength: number, maxLength: number) => fc.string({ minLength, maxLength });
    const within = fc.record({
      type: fc.constant('howdy' as const),
      park: text(1, LIMITS.parkLength),
      id: text(1, LIMITS.idLength),
      priority: fc.double({ noNaN: true, noDefaultInfinity: true }),
      secret: text(LIMITS.secretMinLength, LIMITS.secretLength),
    });
    fc.assert(
      fc.property(within, (message) => {
        expect(decodeClientMessage(message)).toEqual({ ok: true, message });
      }),
    );
  });

  it('parses any text or says that it is none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(decodeClientMessage(parseFrame(text)).ok).toBe(false);
      }),
    );
  });
});
