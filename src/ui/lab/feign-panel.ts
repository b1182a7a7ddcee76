import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import type { ConfirmDialog } from '../elements/confirm-dialog.ts';
import '../elements/confirm-dialog.ts';
import { shared } from '../elements/styles.ts';
import type { Feigning } from '../own-tabs.ts';
import { messageOf, type Session } from '../session.ts';
import { groups } from './group-styles.ts';

/** The times of the bully laboratory, ms. */
const TIMES: Feigning = { failAfterMs: [0, 10_000], failForMs: [1000, 4000] };
/** The longest time, ms: a day. */
const MOST_MS = 86_400_000;

/** Feigned failure: of this node, or of all that are tabs of this browser. */
@customElement('gh-feign')
export class FeignPanel extends LitElement {
  static override styles = [
    shared,
    groups,
    css`
      form {
        display: grid;
        gap: 0.35rem;
      }
      .times {
        display: grid;
        grid-template-columns: 1fr 5.5rem auto 5.5rem auto;
        margin-bottom: 0.35rem;
        gap: 0.35rem;
        align-items: center;
      }
      .times input {
        width: 100%;
        text-align: right;
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  @state() private times = TIMES;
  @state() private told = '';
  @query('gh-confirm') private readonly dialog!: ConfirmDialog;

  protected override render(): TemplateResult {
    const { role, feigning, park } = this.status;
    const gone = role === 'terminated';
    return html`<form @submit=${(event: Event) => event.preventDefault()}>
      <fieldset>
        <legend>Feigned failure</legend>
        ${this.#range('failAfterMs', 'Fails after')} ${this.#range('failForMs', 'Fails for')}
      </fieldset>
      <div class="row">
        <button type="button" aria-pressed=${feigning} ?disabled=${gone} @click=${this.#here}>
          Feign failure
        </button>
        <button type="button" ?disabled=${gone} @click=${() => void this.dialog.show()}>
          Feign on all tabs
        </button>
        <button type="button" @click=${() => this.#all(null)}>Stop all</button>
      </div>
      <p class="small soft">
        Fails at random within these times, recovers, and again and again. All tabs: those of this
        browser; no other device can be made to fail from here.
      </p>
      <p class="small" role="status">${this.told}</p>
      <gh-confirm
        heading="Let all tabs fail?"
        action="Let them fail"
        @confirm=${() => this.#all(this.times)}
      >
        <p>
          All tabs of this browser in park ${park} fail and recover at random, until you stop it.
          Whenever too few are up, nobody is let in or out, at gates on other devices too.
        </p>
      </gh-confirm>
    </form>`;
  }

  #range(which: keyof Feigning, label: string): TemplateResult {
    const [least, most] = this.times[which];
    const field = (name: string, value: number, change: (ms: number) => [number, number]) =>
      html`<input
        type="number"
        min="0"
        max=${MOST_MS}
        aria-label="${label}, ${name}, ms"
        .value=${Number.isNaN(value) ? '' : String(value)}
        @change=${(event: Event) => {
          const [low, high] = change((event.target as HTMLInputElement).valueAsNumber);
          this.times = { ...this.times, [which]: [low, high] };
          this.told = problemIn(this.times);
        }}
      />`;
    return html`<div class="times small">
      <span>${label}</span>
      ${field('at least', least, (ms) => [ms, most])}
      <span>to</span> ${field('at most', most, (ms) => [least, ms])} <span>ms</span>
    </div>`;
  }

  readonly #here = (): void => {
    const { gatehouse } = this.session;
    const { feigning, role } = this.status;
    if (!feigning && this.#complains()) return;
    void this.#try(() => gatehouse.feign(feigning ? false : { ...this.times }));
    // It may be down just now, and nobody else would wake it.
    if (feigning && role === 'crashed') void this.#recover();
  };

  async #recover(): Promise<void> {
    try {
      await this.session.gatehouse.recover();
    } catch (error) {
      this.told = `That did not work: ${messageOf(error)}`;
    }
  }

  #all(as: Feigning | null): void {
    if (as !== null && this.#complains()) return;
    void this.#try(async () => (await this.session.others).tabs.feignAll(as));
  }

  #complains(): boolean {
    this.told = problemIn(this.times);
    return this.told !== '';
  }

  async #try(step: () => void | Promise<void>): Promise<void> {
    this.told = '';
    try {
      await step();
    } catch (error) {
      this.told = `That did not work: ${messageOf(error)}`;
    }
  }
}

/** Why nobody can fail within these times; '' when they can. */
function problemIn({ failAfterMs, failForMs }: Feigning): string {
  const fits = ([least, most]: readonly [number, number]): boolean =>
    least >= 0 && least <= most && most <= MOST_MS;
  if (!fits(failAfterMs)) return 'Fails after: two times from 0 to a day, the smaller one first.';
  return fits(failForMs) ? '' : 'Fails for: two times from 0 to a day, the smaller one first.';
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-feign': FeignPanel;
  }
}
