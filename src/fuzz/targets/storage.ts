import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import type { Random } from '../../sim/random.ts';
import {
  archiveOf,
  entries,
  META,
  operation,
  snapshotAt,
  TERM,
} from '../../storage/examples.contract.ts';
import { KEYS, readContents } from '../../storage/layout.ts';
import { encodeLease, parseLease, parseLeaseMessage } from '../../storage/lease.ts';
import { decodeRecord, encodeRecord, FORMAT, type Records } from '../../storage/records.ts';
import { mutateJson, mutateText } from '../mutate.ts';
import { sample } from '../samples.ts';
import { must, type Target } from '../target.ts';
import { parseOrNone } from './decode.ts';

type Row = [IDBValidKey, unknown];

const RECORDS: Records = {
  sentinel: { format: FORMAT, id: 'abcdefgh', revision: 3, tip: { index: 9, term: TERM } },
  identity: { id: 'heron', name: 'Gate Heron', priority: -1.5, secret: '0123456789' },
  meta: META,
  logStart: { start: 3, snapshot: snapshotAt(4) },
  batch: entries(1, 6),
  pack: [operation(1), operation(2)],
  archive: archiveOf('g1', 3),
};
const KINDS = Object.keys(RECORDS) as (keyof Records)[];

function store(): Row[] {
  return [
    [KEYS.sentinel, encodeRecord('sentinel', RECORDS.sentinel)],
    [KEYS.identity, encodeRecord('identity', RECORDS.identity)],
    [KEYS.meta, encodeRecord('meta', META)],
    [KEYS.logStart, encodeRecord('logStart', RECORDS.logStart)],
    [KEYS.batch(1), encodeRecord('batch', entries(1, 6))],
    [KEYS.batch(7), encodeRecord('batch', entries(7, 9))],
    [KEYS.pack(5), encodeRecord('pack', [operation(5), operation(7)])],
    [KEYS.archive('g1'), encodeRecord('archive', RECORDS.archive)],
  ];
}

function garbled(text: unknown, random: Random): unknown {
  if (typeof text !== 'string' || random.chance(0.05)) return random.pick([null, 7, undefined, {}]);
  if (random.chance(0.3)) return mutateText(text, random);
  return JSON.stringify(mutateJson(parseOrNone(text), random));
}

export const records: Target = {
  name: 'storage',
  about: 'records of a store, one by one and together',
  open: () => ({
    shoot: (random) => {
      const kind = random.pick(KINDS) ?? 'meta';
      const text = garbled(encodeRecord(kind, RECORDS[kind]), random);
      const decoded = decodeRecord(kind, text);
      if (decoded.ok) {
        const again = decodeRecord(kind, encodeRecord(kind, decoded.value));
        must(isDeepStrictEqual(again, decoded), 'a record that is read is written as it was');
      }
      const rows = store();
      const at = random.int(0, rows.length - 1);
      const row = rows[at];
      if (row && random.chance(0.7)) row[1] = garbled(row[1], random);
      else if (row && random.chance(0.5))
        row[0] = mutateText(JSON.stringify(row[0]), random).slice(1, -1);
      else rows.splice(at, 1);
      const read = readContents(rows);
      must(read.ok || read.error.message.length < 400, 'what is wrong is told in some words');
      return read.ok ? 'accepted' : 'refused';
    },
    sizes: null,
  }),
};

const NOW = 1_700_000_000_000;
const ANYTHING = sample(fc.anything(), 500);

export const leases: Target = {
  name: 'leases',
  about: 'what the tabs of a device leave for each other without Web Locks',
  open: () => ({
    shoot: (random) => {
      const text = encodeLease({ holder: random.name(16), until: NOW + random.int(-9, 99_000) });
      const lease = parseLease(random.chance(0.8) ? mutateText(text, random) : text, NOW);
      must(lease === null || lease.until <= NOW + 60_000, 'no lease holds a name for ever');
      const claim = { type: 'claim', name: 'n', claimant: 'c' };
      const said = random.chance(0.5) ? mutateJson(claim, random) : random.pick(ANYTHING);
      const message = parseLeaseMessage(said);
      must(message === null || message.claimant.length <= 64, 'a claimant is a short name');
      return lease === null && message === null ? 'refused' : 'accepted';
    },
    sizes: null,
  }),
};
