import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Gatehouse, Status } from '../../runtime/gatehouse.ts';
import type { ConfirmDialog } from '../elements/confirm-dialog.ts';
import '../elements/confirm-dialog.ts';
import { icon, type IconName } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import { messageOf } from '../session.ts';
import { count, gateName, insideWords, isDown, listed, shortId } from '../words.ts';
import { otherSide } from '../status-line.ts';
import { proceedCosts } from './costs.ts';
import { needsPerson } from './needs-person.ts';

/** What a person has to do, when the gates can't help themselves. Nothing is shown when there is nothing to do. */
@customElement('gh-situation')
export class Situation extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: var(--gap);
      }
      :host([idle]) {
        display: none;
      }
      section {
        display: grid;
        grid-template-columns: 1.5rem minmax(0, 1fr);
        gap: 0.5rem 0.6rem;
        padding: 0.75rem;
        border: 2px solid var(--ink);
        border-radius: var(--radius);
        background: var(--panel);
      }
      section > div {
        display: grid;
        gap: 0.5rem;
        justify-items: start;
      }
      .costs {
        display: grid;
        gap: 0.5rem;
        padding-left: 1.25rem;
        list-style: square;
        margin-top: 0.5rem;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0.25rem 0.75rem;
        margin: 0.5rem 0;
      }
      dt {
        font-weight: 650;
      }
    `,
  ];

  @property({ attribute: false }) gatehouse!: Gatehouse;
  @property({ attribute: false }) status!: Status;
  @state() private problem = '';
  @state() private busy = false;
  @query('#proceed') private readonly proceedDialog!: ConfirmDialog;
  @query('#renew') private readonly renewDialog!: ConfirmDialog;
  @query('#adopt') private readonly adoptDialog!: ConfirmDialog;

  protected override willUpdate(): void {
    this.toggleAttribute('idle', !needsPerson(this.status) && this.problem === '');
  }

  protected override render(): TemplateResult {
    return html`
      ${this.#stopped()} ${this.#vacant()} ${this.#missing()} ${this.#conflict()}
      ${this.problem === '' ? nothing : html`<p role="alert">${this.problem}</p>`}
    `;
  }

  #notice(shape: IconName, heading: string, content: TemplateResult): TemplateResult {
    return html`<section aria-label=${heading}>
      ${icon(shape, 22)}
      <div>
        <h2>${heading}</h2>
        ${content}
      </div>
    </section>`;
  }

  #stopped(): TemplateResult | typeof nothing {
    const { role, trouble } = this.status;
    if (trouble !== null) {
      return this.#notice(
        'wrong',
        'This gate has stopped',
        html`<p>Count at another gate meanwhile. What was answered as done is safe there.</p>
          <button class="primary" @click=${reload}>Reload the page</button>`,
      );
    }
    if (role === 'terminated') {
      return this.#notice(
        'stopped',
        'This gate has left',
        html`<p>The other gates carry on without it. Reloading joins the park as a new gate.</p>
          <button @click=${reload}>Reload the page</button>`,
      );
    }
    if (role !== 'crashed') return nothing;
    return this.#notice(
      'stopped',
      'This gate has crashed',
      html`<p>It comes back with everything that it had stored, and learns the rest.</p>
        <button
          class="primary"
          ?disabled=${this.busy}
          @click=${() => void this.#do(() => this.gatehouse.recover())}
        >
          Recover
        </button>`,
    );
  }

  #vacant(): TemplateResult | typeof nothing {
    if (!this.status.vacant || this.#down) return nothing;
    return this.#notice(
      'paused',
      'Nobody leads',
      html`<p>The leader was removed. An election takes a moment and costs nothing.</p>
        <button
          class="primary"
          ?disabled=${this.busy}
          @click=${() => void this.#do(() => this.gatehouse.startElection())}
        >
          Start election
        </button>`,
    );
  }

  #missing(): TemplateResult | typeof nothing {
    const { missing, quorum } = this.status;
    if (quorum || missing.length === 0 || this.#down) return nothing;
    const names = listed(missing.map(({ id }) => gateName(this.status, id)));
    const ids = missing.map(({ id }) => id);
    return this.#notice(
      'paused',
      `Missing: ${names}`,
      html`<p>
          Open ${missing.length === 1 ? 'that gate' : 'those gates'} again, on the same device, and
          everything goes on by itself. Only if that can't be done, go on without.
        </p>
        <button ?disabled=${this.busy} @click=${() => void this.proceedDialog.show()}>
          Go on without …
        </button>
        <gh-confirm
          id="proceed"
          heading="Go on without ${names}?"
          action="Go on without"
          typed="go on"
          @confirm=${() => void this.#do(() => this.gatehouse.proceedWithout(ids))}
        >
          <p>This is unsafe unless they are really gone. It will cost:</p>
          <ul class="costs">
            ${proceedCosts(this.status).map((cost) => html`<li>${cost}</li>`)}
          </ul>
        </gh-confirm>`,
    );
  }

  #conflict(): TemplateResult | typeof nothing {
    const { conflict, generation, occupancy, commitIndex } = this.status;
    if (conflict === null || this.#down) return nothing;
    const other = conflict.generation;
    const name = otherSide(this.status, conflict);
    if (!conflict.canAdopt) return this.#noWayBack(name);
    return this.#notice(
      'wrong',
      'This park exists twice',
      html`<p>
          ${name} belongs to another side of it that holds visitors too. They can't be merged:
          choose which one goes on.
        </p>
        <dl>
          <dt>Ours</dt>
          <dd>
            generation ${shortId(generation)}, ${insideWords(this.status)} inside,
            ${count(commitIndex, 'entry', 'entries')} in the log
          </dd>
          <dt>Theirs</dt>
          <dd>
            generation ${shortId(other)}, seen at ${name}. This gate can't tell how many are inside
            over there: look at the screen of ${name} before you choose.
          </dd>
        </dl>
        <p class="small soft">To keep ours, adopt it over there.</p>
        <button ?disabled=${this.busy} @click=${() => void this.adoptDialog.show()}>
          Adopt theirs …
        </button>
        <gh-confirm
          id="adopt"
          heading="Adopt generation ${shortId(other)}?"
          action="Adopt theirs"
          typed="adopt"
          @confirm=${() => void this.#do(() => this.gatehouse.adopt(other))}
        >
          <p>
            This gate then counts what ${name} counts. Its own log, with
            ${count(occupancy, 'visitor')} inside, is set aside: nothing of it is deleted, and it
            can be exported, but nobody in it counts as inside any more.
          </p>
        </gh-confirm>`,
    );
  }

  #noWayBack(name: string): TemplateResult {
    const isBlank = this.status.generation === '';
    return this.#notice(
      'wrong',
      isBlank ? "This gate can't go back" : 'This park exists twice',
      html`<p>
          ${name} counts by a log that this gate has set aside. What it confirmed there it no longer
          has, so it must not vote there again.
          ${isBlank ? nothing : html`To keep the log of this gate, adopt it over there.`} It can
          join the log of ${name} as a new gate.
        </p>
        <button ?disabled=${this.busy} @click=${() => void this.renewDialog.show()}>
          Come back as a new gate …
        </button>
        <gh-confirm
          id="renew"
          heading="Come back as a new gate?"
          action="Come back as a new gate"
          @confirm=${() => void this.#do(() => this.#renew())}
        >
          <p>
            This gate leaves, and all that it has stored is deleted, the logs that it set aside too:
            export those first. Then the page opens again, as a gate that nobody knows yet.
          </p>
        </gh-confirm>`,
    );
  }

  async #renew(): Promise<void> {
    await this.gatehouse.terminate();
    reload();
  }

  get #down(): boolean {
    return isDown(this.status);
  }

  async #do(step: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.problem = '';
    try {
      await step();
    } catch (error) {
      this.problem = `That did not work: ${messageOf(error)}`;
    } finally {
      this.busy = false;
    }
  }
}

function reload(): void {
  location.reload();
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-situation': Situation;
  }
}
