/** How a sender looks wherever one of its messages is drawn: a colour, and a short label that nobody else has. */
import { css, html, type TemplateResult } from 'lit';

const COLOURS = 9;

export interface Sender {
  /** The number of its colour. */
  readonly colour: number;
  readonly label: string;
}

export type Senders = ReadonlyMap<string, Sender>;

/**
 * The colour hangs on the id, so that all pages show the same one; where two want the same, the second in the order of
 * ids takes the next. The label is as much of the name as tells it from the others.
 */
export function sendersOf(ids: Iterable<string>, nameOf: (id: string) => string): Senders {
  const sorted = [...new Set(ids)].sort();
  const names = new Map(sorted.map((id) => [id, nameOf(id).replace(/^gate\s+/i, '')]));
  const taken = new Set<number>();
  return new Map(
    sorted.map((id) => {
      let colour = hash(id) % COLOURS;
      while (taken.has(colour) && taken.size < COLOURS) colour = (colour + 1) % COLOURS;
      taken.add(colour);
      return [id, { colour, label: labelOf(id, names) }];
    }),
  );
}

/** The shortest beginning that no other name has; two of one name keep it all. */
function labelOf(id: string, names: ReadonlyMap<string, string>): string {
  const name = names.get(id) ?? id;
  const others = [...names].flatMap(([other, its]) => (other === id ? [] : its));
  const letters = Array.from(name);
  const clash = (length: number): boolean => {
    const start = letters.slice(0, length).join('');
    return others.some((other) => other.startsWith(start));
  };
  let length = 1;
  while (length < letters.length && clash(length)) length += 1;
  return letters.slice(0, length).join('');
}

function hash(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) >>> 0;
  return sum;
}

/** A message as a chip: full when it is delivered, hollow while it is held back. */
export function chip(
  sender: Sender | undefined,
  number: string,
  place: 'delivered' | 'held',
): TemplateResult {
  return html`<span class="chip ${place} c${sender?.colour ?? 0}"
    >${sender?.label ?? '?'}<span class="number">${number}</span></span
  >`;
}

/** The how-manieth message of its sender it is. */
export function numberOf(messageId: string): string {
  return messageId.slice(messageId.lastIndexOf('.') + 1);
}

/** Each stands out from the panel, and text in the panel's colour from it, by 4.5 to 1, in light and in dark. */
export const senderColours = css`
  :host {
    --sender-0: #1565c0;
    --sender-1: #b83a09;
    --sender-2: #2a7230;
    --sender-3: #7e3fb5;
    --sender-4: #0b7285;
    --sender-5: #a61e4d;
    --sender-6: #806000;
    --sender-7: #56606c;
    --sender-8: #7a4520;
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --sender-0: #82b8ff;
      --sender-1: #ff9a6b;
      --sender-2: #7ccf80;
      --sender-3: #cfa2f5;
      --sender-4: #67d3e3;
      --sender-5: #ff97b7;
      --sender-6: #e8bf52;
      --sender-7: #b9c2cc;
      --sender-8: #dfb088;
    }
  }
  .c0 {
    --sender: var(--sender-0);
  }
  .c1 {
    --sender: var(--sender-1);
  }
  .c2 {
    --sender: var(--sender-2);
  }
  .c3 {
    --sender: var(--sender-3);
  }
  .c4 {
    --sender: var(--sender-4);
  }
  .c5 {
    --sender: var(--sender-5);
  }
  .c6 {
    --sender: var(--sender-6);
  }
  .c7 {
    --sender: var(--sender-7);
  }
  .c8 {
    --sender: var(--sender-8);
  }
  .chip {
    display: inline-flex;
    align-items: baseline;
    justify-content: center;
    gap: 0.15em;
    min-width: 2.1rem;
    padding: 0.1rem 0.3rem;
    border: 2px solid var(--sender);
    border-radius: 0.4rem;
    font-size: var(--small);
    font-weight: 650;
    line-height: 1.3;
    white-space: nowrap;
  }
  .chip.delivered {
    background: var(--sender);
    color: var(--panel);
  }
  .chip.held {
    border-style: dashed;
    background: none;
    color: var(--ink);
  }
  .chip .number {
    font-weight: 400;
  }
`;
