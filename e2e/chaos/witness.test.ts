import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '../../src/runtime/trace.ts';
import type { Committed } from '../../src/sim/checkers/lineage.ts';
import { Witness } from './witness.ts';

const TERM = `${'3'.padStart(12, '0')}.anna`;
const WIPED_AT = 1000;

function event(node: string, at: number, what: string, detail: string, peer = ''): TraceEvent {
  const [kind, word = ''] = what.split(' ');
  if (kind !== 'note' && kind !== 'sent' && kind !== 'received') throw new Error(what);
  return { sequence: at, at, node, kind, what: word, detail, peer };
}

/** An entry of anna's, appended then. */
function record(at: number): Committed {
  const entry = { index: 1, term: TERM, at, command: { kind: 'opening' } } as const;
  const nothing = { outcome: null, operation: null, chat: null, trade: null, duplicate: false };
  return { entry, text: '', at, committedIn: TERM, ...nothing };
}

describe('the witness', () => {
  test('S4: two are elected in one term, or one twice', () => {
    const witness = new Witness();
    const elected = event('anna', 1, 'note elected', `leads in ${TERM}`);
    witness.saw(elected);
    witness.saw(elected);
    expect(() => witness.saw({ ...elected, at: 2 })).toThrow(/^S4/);
    expect(witness.compared).toBe(3);
  });

  test('S5: one token is granted to two', () => {
    const witness = new Witness();
    const granted = event('anna', 1, 'sent GRANT', 'token 4 of term 3', 'bert');
    witness.saw(granted);
    witness.saw({ ...granted, at: 2 });
    expect(() => witness.saw({ ...granted, peer: 'carl' })).toThrow(/^S5/);
  });

  test('S9: a promise for a ballot that began after the disk was lost', () => {
    const promise = event('anna', 1200, 'received PROMISE', 'term 3, log ends at 9', 'bert');
    const begun = (at: number): Witness => {
      const witness = new Witness();
      witness.wiped(['bert'], WIPED_AT);
      witness.saw(event('anna', at, 'sent PREPARE', 'term 3, log ends at 9', 'bert'));
      return witness;
    };
    expect(() => begun(900).saw(promise)).not.toThrow();
    expect(() => begun(1100).saw(promise)).toThrow(/^S9/);
    expect(() => begun(1100).saw({ ...promise, peer: 'carl' })).not.toThrow();
  });

  test('S9: an entry that was made after the disk was lost is acknowledged', () => {
    const heard = (at: number, madeAt: number): (() => void) => {
      const witness = new Witness();
      witness.wiped(['bert'], WIPED_AT);
      witness.saw(event('anna', at, 'received APPENDED', 'holds up to 1, to a heartbeat', 'bert'));
      return () => witness.check([record(madeAt)], []);
    };
    expect(heard(1200, 900)).not.toThrow();
    expect(heard(1200, 1100)).toThrow(/^S9/);
  });

  test('S9: an identity that lost its disk is back', () => {
    const witness = new Witness();
    witness.wiped(['bert'], WIPED_AT);
    expect(() => witness.check([], ['anna', 'carl'])).not.toThrow();
    expect(() => witness.check([], ['anna', 'bert'])).toThrow(/^S9/);
  });
});
