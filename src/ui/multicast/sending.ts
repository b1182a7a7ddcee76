import { LitElement, css, html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { GatehouseError, type Gatehouse, type MulticastState } from '../../runtime/gatehouse.ts';
import { shared } from '../elements/styles.ts';
import { messageOf } from '../session.ts';
import { count } from '../words.ts';

/** How late one can make a message, s. */
const LEAST_LATE = 0.5;
const MOST_LATE = 60;
const MANY = 10;
const MAX_TEXT = 1000;

/** What a person sends to the whole group, and how late. */
@customElement('gh-multicast-sending')
export class Sending extends LitElement {
  static override styles = [
    shared,
    css`
      :host,
      form {
        display: grid;
        gap: 0.6rem;
      }
      .text {
        display: flex;
        gap: 0.5rem;
      }
      .text input {
        flex: 1;
      }
      .seconds {
        width: 4.5rem;
      }
      .delay {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.4rem;
      }
      .told {
        min-height: 1.4em;
      }
    `,
  ];

  @property({ attribute: false }) gatehouse!: Gatehouse;
  @property({ attribute: false }) group!: MulticastState;
  @property({ type: Boolean }) down = false;
  @state() private told = '';
  /** Nobody knows yet what becomes of a message: once all of this gate's are delivered, it is known. */
  #isOpen = false;
  @query('#text') private readonly field!: HTMLInputElement;
  @query('#seconds') private readonly seconds!: HTMLInputElement;
  #sent = 0;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.#isOpen || !changed.has('group') || this.group.pending > 0) return;
    this.#isOpen = false;
    this.told = '';
  }

  protected override render(): TemplateResult {
    const { pending } = this.group;
    return html`
      <form @submit=${this.#submit}>
        <label for="text">A message to all gates</label>
        <div class="text">
          <input id="text" autocomplete="off" placeholder="Hello, all" />
          <button class="primary" ?disabled=${this.down}>Send</button>
        </div>
      </form>
      <div class="row">
        <button ?disabled=${this.down} @click=${this.#sendMany}>Send ${MANY} from here</button>
      </div>
      <div class="delay">
        <button ?disabled=${this.down} @click=${this.#delay}>Delay the next one</button>
        <label for="seconds">by</label>
        <input
          id="seconds"
          class="seconds"
          type="number"
          min=${LEAST_LATE}
          max=${MOST_LATE}
          step="0.5"
          value="4"
          inputmode="decimal"
        />
        <span class="small soft">s</span>
      </div>
      <p class="small soft">
        A late message has its place in the order at once, and reaches the others only then. Send
        it, and another one after it, from here or from another gate: the second is held back.
      </p>
      <p class="small told" role="status" data-testid="sending">
        ${this.told}
        ${pending > 0 ? `${count(pending, 'message')} from here not delivered yet.` : ''}
      </p>
    `;
  }

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    const text = this.field.value.trim() || this.#nextText();
    if (text.length > MAX_TEXT) {
      // It stays in the field to be shortened.
      this.told = `Not sent: ${count(text.length, 'character')}, and a message has at most ${MAX_TEXT}.`;
      return;
    }
    this.field.value = '';
    void this.#send([text]).then(([unsent]) => {
      if (unsent !== undefined && this.field.value === '') this.field.value = unsent;
    });
  };

  readonly #sendMany = (): void => {
    void this.#send(Array.from({ length: MANY }, () => this.#nextText()));
  };

  readonly #delay = (): void => {
    const seconds = this.seconds.valueAsNumber;
    if (!(seconds >= LEAST_LATE && seconds <= MOST_LATE)) {
      this.told = `From ${LEAST_LATE} to ${MOST_LATE} seconds.`;
      return;
    }
    try {
      this.gatehouse.multicast.delayNext(seconds * 1000);
      this.told = `The next message from here will be ${seconds} s late.`;
    } catch (error) {
      this.told = `Not delayed: ${messageOf(error)}`;
    }
  };

  #nextText(): string {
    this.#sent += 1;
    return `message ${this.#sent}`;
  }

  /** Returns the texts that were not sent and won't be. */
  async #send(texts: readonly string[]): Promise<string[]> {
    this.told = '';
    this.#isOpen = false;
    const results = await Promise.allSettled(
      texts.map((text) => this.gatehouse.multicast.send(text)),
    );
    const errors = results.map((result): unknown =>
      result.status === 'rejected' ? result.reason : null,
    );
    const unsent = errors.filter(isDefinite);
    const open = errors.filter((error) => error !== null && !isDefinite(error));
    this.told = [
      tell('not sent', unsent, texts.length),
      tell('not known yet', open, texts.length),
    ].join(' ');
    this.#isOpen = open.length > 0 && unsent.length === 0;
    return texts.filter((_, at) => isDefinite(errors[at]));
  }
}

function isDefinite(error: unknown): boolean {
  return error instanceof GatehouseError && error.definite;
}

/** How many of so many went wrong, and how the first of them did; '' when none did. */
function tell(what: string, errors: readonly unknown[], of: number): string {
  if (errors.length === 0) return '';
  const words = `${what}: ${messageOf(errors[0])}.`;
  return of === 1
    ? `${words.charAt(0).toUpperCase()}${words.slice(1)}`
    : `${errors.length} of ${of} ${words}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-multicast-sending': Sending;
  }
}
