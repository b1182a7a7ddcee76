/** What a person does is answered for so long after it, ms. */
const ANSWERED_MS = 1000;
const ACTS = ['pointerdown', 'keydown', 'click', 'input', 'change'] as const;

let actedAt = -Infinity;
const acted = (): void => {
  actedAt = performance.now();
};
for (const act of ACTS) addEventListener(act, acted, { capture: true, passive: true });

/** Whether a person presses, types or chooses something at this page, or did a moment ago. */
export function actsNow(): boolean {
  return performance.now() - actedAt < ANSWERED_MS;
}
