import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { GatehouseError, type Gatehouse, type Status } from '../../runtime/gatehouse.ts';
import { FocusKeeper, giveUpFocus } from '../elements/focus-keeper.ts';
import { icon, type IconName } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import { messageOf } from '../session.ts';
import { count, gateName, insideWords, isDown, listed, shortId } from '../words.ts';
import { otherSide } from '../status-line.ts';
import type { Decision, DecisionDialog } from './decision.ts';
import './decision.ts';
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
  /** A dialog is open. */
  @state() private deciding = false;
  @query('gh-decision') private readonly dialog!: DecisionDialog;

  /** What there was to do when `problem` came up. */
  #problemOf = '';

  protected readonly focusKeeper = new FocusKeeper(this, () => giveUpFocus(this));

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { status } = this;
    const isCalm = !needsPerson(status);
    if (changed.has('status') && (isCalm || toDo(status) !== this.#problemOf)) this.problem = '';
    this.toggleAttribute('idle', isCalm && this.problem === '' && !this.deciding);
  }

  protected override render(): TemplateResult {
    return html`
      ${this.#stopped()} ${this.#vacant()} ${this.#missing()} ${this.#conflict()}
      ${this.problem === '' ? nothing : html`<p role="alert">${this.problem}</p>`}
      <gh-decision
        .status=${this.status}
        @decided=${({ detail }: CustomEvent<Decision>) => void this.#do(() => this.#carryOut(detail))}
        @closed=${() => (this.deciding = false)}
      ></gh-decision>
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
          aria-disabled=${this.busy}
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
          aria-disabled=${this.busy}
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
    return this.#notice(
      'paused',
      `Missing: ${names}`,
      html`<p>
          Open ${missing.length === 1 ? 'that gate' : 'those gates'} again, on the same device, and
          everything goes on by itself. Only if that can't be done, go on without.
        </p>
        <button aria-disabled=${this.busy} @click=${() => this.#ask('proceed')}>
          Go on without …
        </button>`,
    );
  }

  #conflict(): TemplateResult | typeof nothing {
    const { conflict, generation, commitIndex } = this.status;
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
        <button aria-disabled=${this.busy} @click=${() => this.#ask('adopt')}>
          Adopt theirs …
        </button>`,
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
        <button aria-disabled=${this.busy} @click=${() => this.#ask('renew')}>
          Come back as a new gate …
        </button>`,
    );
  }

  #ask(kind: Decision['kind']): void {
    if (this.busy) return;
    this.deciding = true;
    void this.dialog.ask(kind);
  }

  async #carryOut(decision: Decision): Promise<void> {
    switch (decision.kind) {
      case 'proceed':
        return this.gatehouse.proceedWithout([...decision.ids]);
      case 'adopt':
        return this.gatehouse.adopt(decision.generation);
      case 'renew':
        await this.gatehouse.terminate();
        reload();
    }
  }

  get #down(): boolean {
    return isDown(this.status);
  }

  async #do(step: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = '';
    try {
      await step();
    } catch (error) {
      this.#problemOf = toDo(this.gatehouse.status());
      this.problem = problemWords(error);
    } finally {
      this.busy = false;
    }
  }
}

/** What there is to do, to tell when it is something else. */
function toDo(status: Status): string {
  const { role, vacant, quorum, missing, conflict } = status;
  const ids = quorum ? [] : missing.map(({ id }) => id).sort();
  return JSON.stringify([isDown(status) ? role : '', vacant, ids, conflict?.generation ?? '']);
}

function problemWords(error: unknown): string {
  const isDefinite = error instanceof GatehouseError && error.definite;
  const what = isDefinite ? 'That did not work' : 'Not known yet whether that worked';
  return `${what}: ${messageOf(error)}`;
}

function reload(): void {
  location.reload();
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-situation': Situation;
  }
}
