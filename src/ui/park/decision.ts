import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import type { ConfirmDialog } from '../elements/confirm-dialog.ts';
import '../elements/confirm-dialog.ts';
import { shared } from '../elements/styles.ts';
import { otherSide } from '../status-line.ts';
import { count, gateName, isDown, listed, shortId } from '../words.ts';
import { proceedCosts } from './costs.ts';

/** What only a person may decide, and about what: nothing of it changes while its dialog is open. */
export type Decision =
  | { readonly kind: 'proceed'; readonly ids: readonly string[]; readonly names: string }
  /** `name`: a gate of the other side. */
  | { readonly kind: 'adopt' | 'renew'; readonly generation: string; readonly name: string };

/** What is to be decided as things stand; null when that is not open. */
export function decisionOf(kind: Decision['kind'], status: Status): Decision | null {
  const { missing, quorum, conflict } = status;
  if (isDown(status)) return null;
  if (kind === 'proceed') {
    if (quorum || missing.length === 0) return null;
    const ids = missing.map(({ id }) => id);
    return { kind, ids, names: listed(ids.map((id) => gateName(status, id))) };
  }
  if (conflict === null || conflict.canAdopt !== (kind === 'adopt')) return null;
  return { kind, generation: conflict.generation, name: otherSide(status, conflict) };
}

function isSame(one: Decision, other: Decision): boolean {
  return subjectOf(one) === subjectOf(other);
}

function subjectOf(decision: Decision): string {
  return decision.kind === 'proceed' ? [...decision.ids].sort().join(' ') : decision.generation;
}

/**
 * Asks for a decision. What was typed holds for what was asked: when that changes meanwhile, the dialog says so, and it has
 * to be typed again. Fires `decided` with the decision, and `closed`.
 */
@customElement('gh-decision')
export class DecisionDialog extends LitElement {
  static override styles = [
    shared,
    css`
      /* Its dialog stands over the page: it takes no room in it. */
      :host {
        position: absolute;
      }
      .costs {
        display: grid;
        gap: 0.5rem;
        padding-left: 1.25rem;
        list-style: square;
        margin-top: 0.5rem;
      }
      .changed {
        margin-bottom: 0.5rem;
        font-weight: 650;
      }
    `,
  ];

  @property({ attribute: false }) status!: Status;
  @state() private asked: Decision | null = null;
  @state() private hasChanged = false;
  /** There is nothing to decide any more. */
  @state() private isOver = false;
  @query('gh-confirm') private readonly dialog!: ConfirmDialog;

  async ask(kind: Decision['kind']): Promise<void> {
    this.asked = decisionOf(kind, this.status);
    this.hasChanged = false;
    this.isOver = false;
    await this.updateComplete;
    if (this.asked === null) this.#close();
    else await this.dialog.show();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('status') || this.asked === null) return;
    const now = decisionOf(this.asked.kind, this.status);
    this.isOver = now === null;
    if (now === null || isSame(now, this.asked)) return;
    this.asked = now;
    this.hasChanged = true;
    this.dialog.forget();
  }

  protected override render(): TemplateResult {
    const { asked } = this;
    return html`<gh-confirm
      heading=${asked === null ? '' : headingOf(asked)}
      action=${asked === null ? '' : ACTIONS[asked.kind]}
      typed=${asked === null || this.isOver ? '' : WORDS[asked.kind]}
      ?blocked=${this.isOver}
      @confirm=${this.#decide}
      @closed=${this.#close}
    >
      ${asked === null ? nothing : this.#content(asked)}
    </gh-confirm>`;
  }

  #content(asked: Decision): TemplateResult {
    if (this.isOver) {
      return html`<p role="alert">
        Things have changed: there is nothing to decide any more, and nothing was done.
      </p>`;
    }
    return html`
      <p class="changed" role="alert" ?hidden=${!this.hasChanged}>
        ${this.hasChanged ? 'What this is about has changed. Read it again.' : ''}
      </p>
      ${costsOf(asked, this.status)}
    `;
  }

  readonly #decide = (): void => {
    if (this.asked === null) return;
    this.dispatchEvent(new CustomEvent<Decision>('decided', { detail: this.asked }));
  };

  readonly #close = (): void => {
    this.asked = null;
    this.dispatchEvent(new CustomEvent('closed'));
  };
}

const ACTIONS: Readonly<Record<Decision['kind'], string>> = {
  proceed: 'Go on without',
  adopt: 'Adopt theirs',
  renew: 'Come back as a new gate',
};

/** What is typed before the step is taken. */
const WORDS: Readonly<Record<Decision['kind'], string>> = {
  proceed: 'go on',
  adopt: 'adopt',
  renew: '',
};

function headingOf(decision: Decision): string {
  switch (decision.kind) {
    case 'proceed':
      return `Go on without ${decision.names}?`;
    case 'adopt':
      return `Adopt generation ${shortId(decision.generation)}?`;
    case 'renew':
      return 'Come back as a new gate?';
  }
}

function costsOf(decision: Decision, status: Status): TemplateResult {
  switch (decision.kind) {
    case 'proceed':
      return html`<p>This is unsafe unless they are really gone. It will cost:</p>
        <ul class="costs">
          ${proceedCosts(status).map((cost) => html`<li>${cost}</li>`)}
        </ul>`;
    case 'adopt':
      return html`<p>
        This gate then counts what ${decision.name} counts. Its own log, with
        ${count(status.occupancy, 'visitor')} inside, is set aside: nothing of it is deleted, and it
        can be exported, but nobody in it counts as inside any more.
      </p>`;
    case 'renew':
      return html`<p>
        This gate leaves, and all that it has stored is deleted, the logs that it set aside too:
        export those first. Then the page opens again, as a gate that nobody knows yet.
      </p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-decision': DecisionDialog;
  }
}
