import { css, html, type TemplateResult } from 'lit';
import type { NameOf } from '../park/log-words.ts';
import { shortName } from './market-words.ts';

/** A vector clock: how many acts it counts of each gate. Those of who acted stand out. */
export function clockTicks(
  clock: Readonly<Record<string, number>>,
  actor: string,
  nameOf: NameOf,
): TemplateResult[] {
  return Object.entries(clock).map(
    ([id, ticks]) =>
      html`<span class="tick ${id === actor ? 'own' : ''}"
        >${shortName(nameOf(id))} ${ticks}</span
      >`,
  );
}

export const clockStyles = css`
  .clock {
    display: flex;
    flex-wrap: wrap;
    gap: 0.2rem;
    font-size: var(--small);
  }
  .tick {
    padding: 0 0.3rem;
    border: 1px solid var(--line);
    border-radius: 0.25rem;
  }
  .own {
    border-color: var(--ink);
    font-weight: 650;
  }
`;
