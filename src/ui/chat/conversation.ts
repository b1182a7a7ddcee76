import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { Gatehouse, RoomOrder, Status } from '../../runtime/gatehouse.ts';
import { shared } from '../elements/styles.ts';
import { count } from '../words.ts';
import type { ChatDesk } from './chat-desk.ts';
import { chatStyles } from './chat-styles.ts';
import { orderWords, pausedWords } from './chat-words.ts';
import './composer.ts';
import type { Composer } from './composer.ts';
import { conversationStyles } from './conversation-styles.ts';
import { messageRows, type MessageRow } from './message-rows.ts';
import './messages.ts';
import type { Outgoing } from './outgoing.ts';
import { isSamePlace, type PlaceRow } from './places.ts';
import { placeIcon } from './place-icon.ts';
import './room-door.ts';
import { StickToEnd } from './stick-to-end.ts';

/** One conversation: what was said, what is on its way, and where one writes. Fires `back`. */
@customElement('gh-conversation')
export class Conversation extends LitElement {
  static override styles = [shared, chatStyles, conversationStyles];

  @property({ attribute: false }) gatehouse!: Gatehouse;
  @property({ attribute: false }) desk!: ChatDesk;
  @property({ attribute: false }) status!: Status;
  @property({ attribute: false }) place!: PlaceRow;
  /** Sealed texts are shown as others see them. */
  @state() private asOthers = false;
  @query('.scroll') private readonly scroller!: HTMLElement | null;
  @query('gh-composer') private readonly composer!: Composer | null;

  readonly #end = new StickToEnd(this, () => this.scroller);
  #rows: readonly MessageRow[] = [];
  /** Where the line before new messages stands: how far this place was read when it was opened. */
  #readBefore = 0;
  #shown = '';
  /** The field to write in is there with the next update: it gets the focus that the door had. */
  #justJoined = false;

  /** A person has just chosen this conversation. */
  async focusComposer(): Promise<void> {
    await this.composer?.updateComplete;
    this.composer?.focus();
  }

  protected override willUpdate(_: PropertyValues<this>): void {
    const { name } = this.place;
    if (this.#shown !== name) {
      this.#shown = name;
      this.#readBefore = this.desk.readUpTo(name);
      this.asOthers = false;
      this.#end.toEnd();
    }
    this.#rows = messageRows(this.gatehouse, name, this.#readBefore);
  }

  protected override render(): TemplateResult {
    const { place, desk } = this;
    const outgoing = desk.outgoing.messages.filter(({ to }) => isSamePlace(place, to));
    return html`
      ${this.#header()}
      <div class="view">
        ${
          // A log of its own for each place: what was said in another one is no news, and not read out.
          keyed(place.name, this.#log(outgoing))
        }
        ${this.#more()}
      </div>
      ${this.#foot()}
    `;
  }

  #log(outgoing: readonly Outgoing[]): TemplateResult {
    const { kind, name } = this.place;
    return html`<div
      class="scroll"
      role="log"
      tabindex="0"
      aria-label="Messages ${kind === 'room' ? 'in' : 'with'} ${name}"
    >
      <gh-messages-list
        .rows=${this.#rows}
        .outgoing=${outgoing}
        .status=${this.status}
        ?sealed=${this.asOthers}
        @takeback=${this.#takeBack}
      ></gh-messages-list>
    </div>`;
  }

  protected override updated(): void {
    const newest = this.#rows.at(-1)?.newest ?? 0;
    const inSight = this.#end.atEnd && document.visibilityState === 'visible';
    if (inSight && this.place.joined) this.desk.read(this.place.name, newest);
    if (!this.#justJoined || !this.composer) return;
    this.#justJoined = false;
    void this.focusComposer();
  }

  #header(): TemplateResult {
    const { kind, name, sealed, order } = this.place;
    return html`<header>
      <button class="quiet back" @click=${() => this.dispatchEvent(new CustomEvent('back'))}>
        ‹ All
      </button>
      <div class="title">
        <h2 class="ellipsis">
          ${placeIcon(kind === 'user' ? (this.place.online === true ? 'here' : 'away') : sealed ? 'lock' : 'room')}
          <span>${name}</span>
        </h2>
        <p class="small soft">${aboutPlace(this.place)}</p>
        ${order === null ? nothing : html`<p class="small soft">${orderTag(order)}</p>`}
      </div>
      ${
        sealed
          ? html`<button
              class="others"
              aria-pressed=${this.asOthers}
              @click=${() => (this.asOthers = !this.asOthers)}
            >
              As others see it
            </button>`
          : nothing
      }
      ${this.asOthers ? html`<p class="small told">${othersSee(this.place)}</p>` : nothing}
    </header>`;
  }

  /** Who reads further up is told what came, and is not moved. */
  #more(): TemplateResult | typeof nothing {
    if (this.#end.atEnd) return nothing;
    const { unread } = this.place;
    return html`<button class="more primary" @click=${() => this.#end.toEnd()}>
      ${unread > 0 ? count(unread, 'new message') : 'To the end'} ↓
    </button>`;
  }

  #foot(): TemplateResult {
    const { place } = this;
    const isLocked =
      place.kind === 'room' && this.#rows.some(({ problem }) => problem === 'locked');
    const needsDoor = place.kind === 'room' && (!place.joined || isLocked);
    return html`<footer>
      <div class="small" role="status">${this.#paused()}</div>
      ${
        needsDoor
          ? html`<gh-room-door
              .chat=${this.gatehouse.chat}
              .room=${place.name}
              ?sealed=${place.sealed}
              @joined=${this.#joined}
            ></gh-room-door>`
          : html`<gh-composer
              .desk=${this.desk}
              .to=${{ kind: place.kind, name: place.name }}
              @sent=${() => this.#end.toEnd()}
            ></gh-composer>`
      }
    </footer>`;
  }

  #paused(): TemplateResult | typeof nothing {
    const words = pausedWords(this.status);
    if (words === '') return nothing;
    const vote = html`<button @click=${() => void this.#vote()}>Vote now</button>`;
    return html`<div class="paused">${words} ${this.status.vacant ? vote : nothing}</div>`;
  }

  /** How it ends is seen by all: there is a leader again, or there is still none. */
  async #vote(): Promise<void> {
    await this.gatehouse.startElection().catch(() => undefined);
  }

  readonly #joined = (): void => {
    this.#justJoined = true;
    this.requestUpdate();
  };

  readonly #takeBack = (event: CustomEvent<number>): void => {
    this.desk.takeBack(event.detail);
    // Where the room's door stands instead, the text waits behind it.
    this.composer?.requestUpdate();
    void this.focusComposer();
  };
}

function aboutPlace({ kind, sealed, online }: PlaceRow): string {
  if (kind === 'user') {
    const sealedWords = 'Sealed for the two of you.';
    return online === true
      ? `Here now. ${sealedWords}`
      : `Offline: gets messages when back. ${sealedWords}`;
  }
  return sealed
    ? 'Sealed: only those who know the passphrase can read it.'
    : 'Open: everybody in this park can read it.';
}

/** How a room is ordered; what the places beside its messages mean. */
function orderTag(order: RoomOrder): TemplateResult {
  const { name, means } = orderWords(order);
  const places = order === 'log' ? '' : ' (view.number)';
  return html`<span title=${means}>Order: ${name}${places}</span>`;
}

/** For a student: who learns what of a sealed message. */
function othersSee({ kind }: PlaceRow): string {
  const without = kind === 'room' ? 'who does not know the passphrase' : 'everybody but you two';
  return `The signaling server sees none of this: messages never pass through it. In the logs of all gates, ${without} finds who wrote, when, and only this of what:`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-conversation': Conversation;
  }
}
