import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { ElectionKind, MulticastKind, TopologyKind } from '../../core/entry.ts';
import { DEFAULT_CAPACITY, parseAddress } from '../../runtime/address.ts';
import { shared } from '../elements/styles.ts';

/** The values of each field, as they stand in the address, in words. */
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
type View = keyof typeof VIEW_WORDS;

/** The election of a park that is opened in this view, unless a person chooses another: the chat's servers are a ring. */
function usualElection(view: View): ElectionKind {
  return view === 'chat' ? 'ring' : 'bully';
}

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
  @state() private view: View = 'park';
  /** null: nobody has chosen one, so it goes with the view. */
  @state() private election: ElectionKind | null = null;

  protected override render(): TemplateResult {
    const { view } = this;
    const election = this.election ?? usualElection(view);
    return html`<form @submit=${this.#found} @input=${this.#changed}>
      <div class="field">
        <label for="park">Name of the park</label>
        <input id="park" name="park" required autocomplete="off" />
      </div>
      ${choice('topology', 'Who is linked to whom', TOPOLOGY_WORDS, 'mesh')}
      ${choice('election', 'Election', ELECTION_WORDS, election)}
      ${choice('multicast', 'Order of the multicast', MULTICAST_WORDS, 'sequencer')}
      <div class="field">
        <label for="capacity">Capacity</label>
        <input id="capacity" name="capacity" inputmode="numeric" .value=${DEFAULT_CAPACITY} />
      </div>
      <div class="field">
        <label for="priority">Priority of this gate (the greatest leads)</label>
        <input id="priority" name="priority" inputmode="decimal" .value=${'0'} />
      </div>
      ${choice('view', 'Open in', VIEW_WORDS, view)}
      <div class="field"><button class="primary">Found the park, or join it</button></div>
      <p class="problem small" role="alert">${this.problem}</p>
    </form>`;
  }

  readonly #changed = ({ target }: Event): void => {
    this.problem = '';
    if (!(target instanceof HTMLSelectElement)) return;
    if (target.name === 'view' && isOneOf(VIEW_WORDS, target.value)) this.view = target.value;
    if (target.name === 'election' && isOneOf(ELECTION_WORDS, target.value))
      this.election = target.value;
  };

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
    else this.problem = parsed.problems.map(({ why }) => sentence(why)).join(' ');
  };
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function choice<Value extends string>(
  name: string,
  label: string,
  options: Readonly<Record<Value, string>>,
  chosen: Value,
): TemplateResult {
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <select id=${name} name=${name}>
      ${Object.entries<string>(options).map(
        ([value, words]) =>
          html`<option value=${value} .selected=${value === chosen}>${words}</option>`,
      )}
    </select>
  </div>`;
}

function isOneOf<Value extends string>(
  options: Readonly<Record<Value, string>>,
  value: string,
): value is Value {
  return Object.hasOwn(options, value);
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-found-park': FoundPark;
  }
}
