import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import { FrameController } from '../elements/frame-controller.ts';
import { shared } from '../elements/styles.ts';
import '../park/invite.ts';
import '../park/situation.ts';
import type { Session } from '../session.ts';
import { count, isDown, knowsPark } from '../words.ts';
import { deskOf, type ChatDesk } from './chat-desk.ts';
import { chatStyles } from './chat-styles.ts';
import { failureWords, unsavedWords } from './chat-words.ts';
import { chatViewStyles } from './chat-view-styles.ts';
import './conversation.ts';
import type { Conversation } from './conversation.ts';
import './name-form.ts';
import type { Address } from './outgoing.ts';
import { isSamePlace, type PlaceRow } from './places.ts';
import './places-list.ts';
import type { PlacesList } from './places-list.ts';
import './ring-panel.ts';
import './room-form.ts';

/** The room that is offered to who comes first. */
const FIRST_ROOM = 'Lobby';

/** The group chat: who one is, rooms and people, a conversation, and the ring of servers behind it. */
@customElement('gh-chat')
export class ChatView extends LitElement {
  static override styles = [shared, chatStyles, chatViewStyles];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  /** Why the first room could not be made. */
  @state() private problem = '';
  @query('gh-conversation') private readonly conversation!: Conversation | null;
  @query('gh-places') private readonly list!: PlacesList | null;
  @query('.first') private readonly first!: HTMLElement | null;

  readonly #frames = new FrameController(this, 'deeds');
  #desk: ChatDesk | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('session')) return;
    this.#desk = deskOf(this.session.gatehouse);
    this.#frames.follow(this.#desk);
  }

  protected override render(): TemplateResult {
    const desk = this.#desk;
    if (!desk) return html``;
    const me = this.session.gatehouse.chat.me();
    const places = me === null ? [] : desk.places();
    const open = places.find((row) => isSamePlace(desk.open, row));
    return html`
      <div class="layout ${open ? 'talking' : ''} ${me === null ? 'nameless' : ''}">
        ${me === null ? this.#welcome(desk) : this.#side(desk, me, places)}
        ${me === null ? nothing : this.#middle(desk, open)}
        <section class="panel ring" aria-labelledby="servers">
          <header>
            <h2 id="servers">Servers</h2>
            <a class="small" href="#/lab">All messages: the lab</a>
          </header>
          <gh-ring .session=${this.session} .status=${this.status}></gh-ring>
        </section>
      </div>
    `;
  }

  #welcome(desk: ChatDesk): TemplateResult {
    const { chat } = this.session.gatehouse;
    const unsaved = unsavedWords(desk.outgoing.unsaved);
    const users = chat.users();
    return html`<div class="side">
      ${this.#situation()}
      <section class="panel welcome" aria-labelledby="welcome">
        <header><h2 id="welcome">Chat without a server of its own</h2></header>
        <p>
          Every tab is a client and a server at once. They find each other, choose a leader, and all
          keep the whole history.
        </p>
        ${
          knowsPark(this.status)
            ? html`<gh-chat-name
                .chat=${chat}
                label="What should the others call you?"
                @named=${() => void this.#named()}
              ></gh-chat-name>`
            : html`<p role="status">${outsideWords(this.status)}</p>`
        }
        ${unsaved === '' ? nothing : html`<p role="status">${unsaved}</p>`}
        ${users.length === 0 ? nothing : html`<p class="small soft">${hereWords(users)}</p>`}
      </section>
    </div>`;
  }

  #situation(): TemplateResult {
    const { gatehouse } = this.session;
    return html`<gh-situation .gatehouse=${gatehouse} .status=${this.status}></gh-situation>`;
  }

  #side(desk: ChatDesk, me: string, places: readonly PlaceRow[]): TemplateResult {
    const { chat } = this.session.gatehouse;
    return html`<div class="side">
      ${this.#situation()}
      <section class="panel" aria-labelledby="who">
        <header>
          <h2 id="who" class="ellipsis">You are ${me}</h2>
        </header>
        <gh-places
          .places=${places}
          .open=${desk.open}
          @choose=${(event: CustomEvent<Address>) => void this.#show(event.detail)}
        ></gh-places>
        ${
          places.some(({ kind }) => kind === 'room')
            ? nothing
            : html`<button class="primary first" @click=${() => void this.#firstRoom()}>
                Make the first room: ${FIRST_ROOM}
              </button>`
        }
        <div role="alert">
          ${this.problem === '' ? nothing : html`<p class="problem">${this.problem}</p>`}
        </div>
        <details>
          <summary>Another room</summary>
          <gh-room-form .chat=${chat} @joined=${this.#roomJoined}></gh-room-form>
        </details>
        <details>
          <summary>Another name</summary>
          <gh-chat-name
            .chat=${chat}
            label="Your new name; the old one stays yours"
            @named=${this.#renamed}
          ></gh-chat-name>
        </details>
        <details>
          <summary>More tabs and devices</summary>
          <gh-invite view="#/chat"></gh-invite>
        </details>
      </section>
    </div>`;
  }

  #middle(desk: ChatDesk, open: PlaceRow | undefined): TemplateResult {
    return html`<section class="panel middle" aria-label="Conversation">
      ${
        open
          ? html`<gh-conversation
              .gatehouse=${this.session.gatehouse}
              .desk=${desk}
              .status=${this.status}
              .place=${open}
              @back=${() => void this.#back(open)}
            ></gh-conversation>`
          : html`<p class="choose soft">
              Choose a room or a person. Messages to a person are always sealed for the two of you.
            </p>`
      }
    </section>`;
  }

  async #show(place: Address): Promise<void> {
    this.#desk?.show(place);
    this.requestUpdate();
    await this.updateComplete;
    await this.conversation?.updateComplete;
    // On a phone the keyboard would cover what one wants to read.
    if (!matchMedia('(pointer: coarse)').matches) await this.conversation?.focusComposer();
  }

  /** The form with the focus is gone: what comes next has it. */
  async #named(): Promise<void> {
    this.requestUpdate();
    await this.updateComplete;
    if (this.first) this.first.focus();
    else await this.list?.focusPlace();
  }

  /** On a phone the conversation is gone, with the focus: its row in the list has it. */
  async #back(from: Address): Promise<void> {
    this.#desk?.show(null);
    this.requestUpdate();
    await this.updateComplete;
    await this.list?.focusPlace(from.name);
  }

  readonly #roomJoined = (event: CustomEvent<string>): void => {
    fold(event);
    void this.#show({ kind: 'room', name: event.detail });
  };

  readonly #renamed = (event: Event): void => {
    fold(event);
    this.requestUpdate();
  };

  async #firstRoom(): Promise<void> {
    this.problem = '';
    try {
      await this.session.gatehouse.chat.join(FIRST_ROOM);
      await this.#show({ kind: 'room', name: FIRST_ROOM });
    } catch (error) {
      this.problem = failureWords(error);
    }
  }
}

/** What was asked for is done: the form around it is put away, and gives the focus to what opens it. */
function fold({ target }: Event): void {
  const details = target instanceof Element ? target.closest('details') : null;
  if (!details) return;
  details.open = false;
  details.querySelector('summary')?.focus();
}

/** Why nobody is asked for a name here yet. */
function outsideWords(status: Status): string {
  return isDown(status)
    ? 'This gate does not run, so it has no chat to show.'
    : 'Looking for the others …';
}

function hereWords(users: readonly { online: boolean }[]): string {
  const online = users.filter((user) => user.online).length;
  return `${count(users.length, 'user')} already, ${online} of them here now.`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-chat': ChatView;
  }
}
