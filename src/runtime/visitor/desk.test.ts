import { describe, expect, it } from 'vitest';
import type { Reply } from '../../core/effects.ts';
import type { Json } from '../../core/json.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { MAX_GUESTS, MAX_REQUESTS, VisitorDesk } from './desk.ts';
import { visitorName } from './messages.ts';
import type { Position } from './place.ts';
import { PlayedReception } from './testing/street.contract.ts';

const TAB = 'abcdefgh23456789abcdefgh23456789';

const NAME = visitorName(TAB);

class Scene {
  readonly clock = new VirtualClock();
  readonly reception = new PlayedReception();
  readonly submitted: { body: Json; done: (reply: Reply) => void }[] = [];
  readonly refused: string[] = [];
  quorum = true;
  /** What the log has committed here. */
  readonly inside = new Set<string>();
  at: Position = { generation: 'g1', index: 9 };
  readonly desk = new VisitorDesk(this.reception, this.clock, {
    id: 'anna',
    name: () => 'Gate Heron',
    quorum: () => this.quorum,
    place: (visitor) => ({ inside: this.inside.has(visitor), at: this.at }),
    isCurrent: () => this.quorum,
    submit: (body, done) => this.submitted.push({ body, done }),
    refused: (reason) => this.refused.push(reason),
    changed: () => undefined,
  });

  constructor() {
    this.desk.start();
  }

  arrive(...visitors: string[]): void {
    for (const visitor of visitors) this.reception.events?.arrived(visitor);
  }

  hear(visitor: string, message: unknown): void {
    this.reception.events?.message(visitor, message);
  }

  wait(ms: number): void {
    this.clock.waitUntil(this.clock.now() + ms);
  }
}

function ask(number: number, wish: 'enter' | 'leave' = 'enter', tab = TAB) {
  return { type: 'ASK', tab, number, wish, visitor: visitorName(tab) };
}

function show(inside: boolean, known: Position | null = null) {
  return { type: 'SHOW', tab: TAB, visitor: NAME, inside, known };
}

function done(outcome: Json): Reply {
  return { ok: true, value: { type: 'outcome', sequence: 3, index: 9, outcome } };
}

describe('V3: what a visitor asks for', () => {
  it('becomes an operation of this gate, and the answer is the one of the park', () => {
    const scene = new Scene();
    scene.arrive('v234');
    expect(scene.reception.takeTold('v234')).toEqual([{ type: 'WELCOME', gate: 'Gate Heron' }]);
    scene.hear('v234', ask(1));
    expect(scene.submitted.map(({ body }) => body)).toEqual([
      {
        ...{ machine: 'park', kind: 'visit', wish: 'enter', visitor: 'Visitor ABCD-EFGH' },
        request: { tab: TAB, number: 1 },
      },
    ]);
    expect(scene.desk.guests()).toEqual([
      { visitor: 'Visitor ABCD-EFGH', request: { wish: 'enter', result: 'open' } },
    ]);
    scene.submitted[0]?.done(done({ allowed: false, reason: 'full' }));
    expect(scene.reception.takeTold('v234')).toEqual([
      {
        ...{ type: 'ANSWER', number: 1, allowed: false, reason: 'full' },
        ...{ operation: 'anna.3', index: 9 },
        place: { inside: false, at: scene.at },
      },
    ]);
    expect(scene.desk.guests()).toMatchObject([{ request: { result: 'refused' } }]);
  });

  it('is told to be unknown when it is', () => {
    const scene = new Scene();
    scene.arrive('v234');
    scene.hear('v234', ask(1));
    const failed = { ok: false, code: 'timeout', definite: false, message: 'late' } as const;
    scene.submitted[0]?.done(failed);
    expect(scene.reception.takeTold('v234').at(-1)).toEqual({
      ...{ type: 'DECLINED', number: 1, reason: 'failed', definite: false },
    });
  });
});

describe('V6: a gate', () => {
  it('hands nothing on without a quorum, and says so at once and for sure', () => {
    const scene = new Scene();
    scene.quorum = false;
    scene.arrive('v234');
    scene.hear('v234', ask(1));
    expect(scene.submitted).toEqual([]);
    expect(scene.reception.takeTold('v234').at(-1)).toEqual({
      ...{ type: 'DECLINED', number: 1, reason: 'no-quorum', definite: true },
    });
  });

  it('serves so many visitors, and tells more that it is busy', () => {
    const scene = new Scene();
    const guests = Array.from({ length: MAX_GUESTS }, (_, i) => `guest${i}`);
    scene.arrive(...guests, 'late');
    expect(scene.reception.takeTold('late')).toEqual([{ type: 'BUSY' }]);
    expect(scene.reception.dismissed).toEqual(['late']);
    expect(scene.desk.guests()).toHaveLength(MAX_GUESTS);
    // Who has been silent for long gives way.
    scene.wait(11_000);
    for (const guest of guests.slice(1)) scene.hear(guest, { type: 'PROBE', number: 1 });
    scene.arrive('later');
    expect(scene.reception.dismissed).toEqual(['late', 'guest0']);
    expect(scene.reception.takeTold('later')).toMatchObject([{ type: 'WELCOME' }]);
  });

  it('has one request of a visitor under way, and so many altogether', () => {
    const scene = new Scene();
    scene.arrive('v234');
    scene.hear('v234', ask(1));
    scene.hear('v234', ask(1));
    scene.hear('v234', ask(2, 'leave'));
    expect(scene.submitted).toHaveLength(1);
    expect(scene.refused).toEqual(['visitor: a second request at once']);
    for (let i = 1; i < MAX_REQUESTS + 1; i++) {
      scene.arrive(`crowd${i}`);
      scene.hear(`crowd${i}`, ask(1));
      scene.reception.events?.departed(`crowd${i}`);
    }
    expect(scene.submitted).toHaveLength(MAX_REQUESTS);
  });

  it('takes only so many requests of one visitor in a row', () => {
    const scene = new Scene();
    scene.arrive('v234');
    for (let number = 1; number <= 20; number++) {
      const before = scene.submitted.length;
      scene.hear('v234', ask(number));
      scene.submitted[before]?.done(done({ allowed: true }));
    }
    const handedOn = scene.submitted.length;
    expect(handedOn).toBeLessThan(20);
    expect(scene.reception.takeTold('v234').at(-1)).toMatchObject({ reason: 'busy' });
    scene.wait(1000);
    scene.hear('v234', ask(21));
    expect(scene.submitted).toHaveLength(handedOn + 1);
  });

  it('answers a PROBE, and after its crash nothing', () => {
    const scene = new Scene();
    scene.arrive('v234');
    scene.reception.takeTold('v234');
    scene.hear('v234', { type: 'PROBE', number: 7 });
    expect(scene.reception.takeTold('v234')).toEqual([{ type: 'GOT_IT', number: 7 }]);
    scene.desk.halt();
    scene.hear('v234', { type: 'PROBE', number: 8 });
    scene.arrive('w234');
    expect(scene.reception.told).toEqual([]);
  });
});

describe('V7: what a visitor says', () => {
  it.each<[string, unknown]>([
    ['nothing', null],
    ['for somebody else', { ...ask(1), visitor: 'Ada' }],
    ['under another code than its own', { ...ask(1), visitor: 'Visitor AAAA-EFGH' }],
    ['without a number', { ...ask(1), number: 0 }],
    ['more than there is to say', { ...ask(1), more: 1 }],
    ['what only gates say', { type: 'WELCOME', gate: 'x' }],
    ['about the capacity', { ...ask(1), wish: 'capacity' }],
    ['as somebody else', { ...show(false), visitor: 'Ada' }],
    ['from nowhere in the log', { ...show(true), known: { generation: 'g1', index: 0 } }],
    ['from everywhere', { ...show(true), known: 9 }],
  ])('%s is refused, counted, and not answered', (what, message) => {
    const scene = new Scene();
    scene.arrive('v234');
    scene.reception.takeTold('v234');
    scene.hear('v234', message);
    expect(scene.refused).toHaveLength(1);
    if (what === 'as somebody else') expect(scene.refused).toEqual(['visitor: not its own name']);
    expect(scene.submitted).toEqual([]);
    expect(scene.reception.told).toEqual([]);
  });
});

describe('V9: a visitor whom somebody else lets out or in', () => {
  function served(inside: boolean, known: Position | null = null): Scene {
    const scene = new Scene();
    if (inside) scene.inside.add(NAME);
    scene.arrive('v234');
    scene.hear('v234', show(inside, known));
    scene.reception.takeTold('v234');
    return scene;
  }

  /** An entry is committed. */
  function commit(scene: Scene, inside: boolean): void {
    if (inside) scene.inside.add(NAME);
    else scene.inside.delete(NAME);
    scene.at = { ...scene.at, index: scene.at.index + 1 };
    scene.desk.look();
  }

  it('is told at once, once, both ways', () => {
    const scene = served(true);
    scene.desk.look();
    expect(scene.reception.told).toEqual([]);
    commit(scene, false);
    scene.desk.look();
    const out = { type: 'PLACE', place: { inside: false, at: { generation: 'g1', index: 10 } } };
    expect(scene.reception.takeTold('v234')).toEqual([out]);
    commit(scene, true);
    const back = { type: 'PLACE', place: { inside: true, at: { generation: 'g1', index: 11 } } };
    expect(scene.reception.takeTold('v234')).toEqual([back]);
  });

  it('is told when it shows a ticket that is out of date, and by nobody else', () => {
    const scene = new Scene();
    scene.arrive('v234', 'w234');
    scene.reception.told.length = 0;
    scene.hear('v234', show(true, { generation: 'g1', index: 7 }));
    expect(scene.reception.takeTold('v234')).toMatchObject([{ place: { inside: false } }]);
    expect(scene.reception.told).toEqual([]);
    expect(scene.desk.guests()[0]).toEqual({ visitor: NAME, request: null });
  });

  it('is told nothing by a gate that knows less than its ticket, or that has no quorum', () => {
    const scene = served(true, { generation: 'g1', index: 11 });
    commit(scene, false);
    expect(scene.reception.told).toEqual([]);
    scene.quorum = false;
    commit(scene, false);
    expect(scene.reception.told).toEqual([]);
    scene.quorum = true;
    scene.desk.look();
    expect(scene.reception.takeTold('v234')).toMatchObject([{ place: { inside: false } }]);
  });

  it('is told where another generation has it, however short that log is', () => {
    const scene = served(true, { generation: 'g1', index: 90 });
    scene.at = { generation: 'g2', index: 3 };
    scene.inside.clear();
    scene.desk.look();
    expect(scene.reception.takeTold('v234')).toMatchObject([{ place: { inside: false } }]);
  });

  it('is told with the answer while a request is open', () => {
    const scene = served(true);
    scene.hear('v234', ask(2));
    commit(scene, false);
    expect(scene.reception.told).toEqual([]);
    scene.submitted[0]?.done(done({ allowed: false, reason: 'already-inside' }));
    scene.desk.look();
    expect(scene.reception.takeTold('v234')).toMatchObject([
      { type: 'ANSWER', reason: 'already-inside', place: { inside: false, at: scene.at } },
    ]);
  });

  describe('by an entry that is not committed here when the leader has answered', () => {
    function decided(): Scene {
      const scene = served(false);
      scene.at = { generation: 'g1', index: 8 };
      scene.hear('v234', ask(2));
      scene.submitted[0]?.done(done({ allowed: true }));
      return scene;
    }

    it('is answered once it is, with the place that it has by it', () => {
      const scene = decided();
      scene.desk.look();
      scene.hear('v234', ask(2));
      expect(scene.reception.told).toEqual([]);
      expect(scene.desk.guests()).toMatchObject([{ request: { result: 'open' } }]);
      commit(scene, true);
      scene.desk.look();
      expect(scene.reception.takeTold('v234')).toEqual([
        {
          ...{ type: 'ANSWER', number: 2, allowed: true, reason: null },
          ...{ operation: 'anna.3', index: 9, place: { inside: true, at: scene.at } },
        },
      ]);
      expect(scene.submitted).toHaveLength(1);
      expect(scene.desk.guests()).toMatchObject([{ request: { result: 'allowed' } }]);
      commit(scene, false);
      expect(scene.reception.takeTold('v234')).toMatchObject([{ type: 'PLACE' }]);
    });

    it.each<[string, string, (scene: Scene) => void]>([
      ['the log is set aside', 'failed', (scene) => (scene.at = { generation: '', index: 0 })],
      ['the log is another one', 'failed', (scene) => (scene.at = { generation: 'g2', index: 20 })],
      ['the gate has no leader any more', 'no-quorum', (scene) => (scene.quorum = false)],
    ])('is sent on, to ask elsewhere, when %s', (_what, reason, happen) => {
      const scene = decided();
      happen(scene);
      scene.desk.look();
      expect(scene.reception.takeTold('v234')).toEqual([
        { type: 'DECLINED', number: 2, reason, definite: false },
      ]);
      scene.at = { generation: 'g1', index: 9 };
      scene.quorum = true;
      scene.desk.look();
      expect(scene.reception.told).toEqual([]);
      // Here, too, it can ask again.
      scene.hear('v234', ask(2));
      expect(scene.submitted).toHaveLength(2);
    });

    it('is told nothing when it has gone meanwhile', () => {
      const scene = decided();
      scene.reception.events?.departed('v234');
      scene.arrive('v234');
      scene.reception.takeTold('v234');
      commit(scene, true);
      expect(scene.reception.told).toEqual([]);
    });
  });
});
