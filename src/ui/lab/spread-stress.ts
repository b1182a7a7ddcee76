import { MOST_VISITORS, type Admissions, type TabWishes } from '../tab-wishes.ts';

/** What became of a crowd that came through several gates. */
export interface SpreadResult extends Admissions {
  readonly gates: number;
  readonly ms: number;
}

/**
 * The park's stress test: so many new visitors at once, each at a gate at random, of those that run in the tabs of this
 * browser. Visitors at a tab that does not answer count as failed.
 * @param random from 0 up to 1
 * @param now the clock that measures, ms
 */
export async function spreadStress(
  tabs: Pick<TabWishes, 'rollCall' | 'ask'>,
  visitors: number,
  random: () => number,
  now: () => number,
): Promise<SpreadResult> {
  const gates = (await tabs.rollCall()).filter(({ runs }) => runs).map(({ gate }) => gate.id);
  const crowds = new Map<string, number>();
  for (let visitor = 0; visitor < visitors; visitor += 1) {
    const gate = gates[Math.floor(random() * gates.length)];
    if (gate === undefined) throw new Error('no gate runs in the tabs of this browser');
    crowds.set(gate, (crowds.get(gate) ?? 0) + 1);
  }
  const began = now();
  const results = await Promise.all([...crowds].map(([gate, crowd]) => crowdAt(tabs, gate, crowd)));
  return { ...results.reduce(sum), gates: crowds.size, ms: now() - began };
}

async function crowdAt(
  tabs: Pick<TabWishes, 'ask'>,
  gate: string,
  visitors: number,
): Promise<Admissions> {
  let result: Admissions = { allowed: 0, refused: 0, failed: 0 };
  for (let left = visitors; left > 0; left -= MOST_VISITORS) {
    const asked = Math.min(left, MOST_VISITORS);
    const told = await tabs.ask(gate, { kind: 'stress', visitors: asked });
    const failed = { allowed: 0, refused: 0, failed: asked };
    result = sum(result, told.kind === 'stressed' ? told : failed);
  }
  return result;
}

function sum(a: Admissions, b: Admissions): Admissions {
  return {
    allowed: a.allowed + b.allowed,
    refused: a.refused + b.refused,
    failed: a.failed + b.failed,
  };
}
