import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { ElectionKind, MulticastKind, TopologyKind } from '../../core/entry.ts';
import { DEFAULT_CAPACITY, parseAddress } from '../../runtime/address.ts';
import { shared } from '../elements/styles.ts';

/** The values of each field, as they stand in the address, in words. The first is the default. */
const TOPOLOGY_WORDS: Readonly<Record<TopologyKind, string>> = {
  mesh: 'mesh: everybody to everybody',
  sample: 'sample: ten gates, few neighbours',
  ring: 'ring: two neighbours each',
  grid: 'grid: up to four neighbours',
  random: 'random: up to four neighbours',
};
const ELECTION_WORDS: Readonly<Record<ElectionKind, string>> = {
  bully: 'bully',
  ring: 'ring (Chang and Roberts)',
  wireless: 'wireless (echo algorithm)',
};
const MULTICAST_WORDS: Readonly<Record<MulticastKind, string>> = {
  sequencer: 'sequencer',
  lamport: 'Lamport’s clocks',
};
const VIEW_WORDS = {
  park: 'the park',
  lab: 'the laboratory',
  multicast: 'GroupCast',
  chat: 'the chat',
  market: 'the trading post',
} as const;

/** Founds a park of one's own: makes its address and goes there. The form is the address. */
@customElement('gh-found-park')
export class FoundPark extends LitElement {
  static override styles = [
    shared,
    css`
      form {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr));
        gap: 0.75rem;
        align-items: end;
      }
      .field {
        display: grid;
        gap: 0.2rem;
        min-width: 0;
      }
      .field > * {
        width: 100%;
      }
      .problem {
        grid-column: 1 / -1;
        min-height: 1.4em;
        font-weight: 600;
      }
    `,
  ];

  @state() private problem = '';

  protected override render(): TemplateResult {
    return html`<form @submit=${this.#found} @input=${() => (this.problem = '')}>
      <div class="field">
        <label for="park">Name of the park</label>
        <input id="park" name="park" required autocomplete="off" />
      </div>
      ${choice('topology', 'Who is linked to whom', TOPOLOGY_WORDS)}
      ${choice('election', 'Election', ELECTION_WORDS)}
      ${choice('multicast', 'Order of the multicast', MULTICAST_WORDS)}
      <div class="field">
        <label for="capacity">Capacity</label>
        <input id="capacity" name="capacity" inputmode="numeric" .value=${DEFAULT_CAPACITY} />
      </div>
      <div class="field">
        <label for="priority">Priority of this gate (the greatest leads)</label>
        <input id="priority" name="priority" inputmode="decimal" .value=${'0'} />
      </div>
      ${choice('view', 'Open in', VIEW_WORDS)}
      <div class="field"><button class="primary">Found the park, or join it</button></div>
      <p class="problem small" role="alert">${this.problem}</p>
    </form>`;
  }

  readonly #found = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const query = new URLSearchParams();
    let view = 'park';
    for (const [name, value] of new FormData(event.target)) {
      if (typeof value !== 'string') continue;
      if (name === 'view') view = value;
      else query.set(name, value.trim());
    }
    // An address without a name means the park of everybody who gave none.
    if (query.get('park') === '') {
      this.problem = 'The park needs a name.';
      return;
    }
    const search = `?${query.toString()}`;
    const parsed = parseAddress(search);
    if (parsed.ok) location.assign(`/${search}#/${view}`);
    else this.problem = parsed.problems.join('; ');
  };
}

function choice(
  name: string,
  label: string,
  options: Readonly<Record<string, string>>,
): TemplateResult {
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <select id=${name} name=${name}>
      ${Object.entries(options).map(
        ([value, words]) => html`<option value=${value}>${words}</option>`,
      )}
    </select>
  </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-found-park': FoundPark;
  }
}
