import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Gatehouse, MulticastCost } from '../../runtime/gatehouse.ts';
import { shared } from '../elements/styles.ts';
import { messageOf } from '../session.ts';

const MULTICASTS = 20;

/** What multicasts cost in this very park: counted at all gates, and timed at this one. */
@customElement('gh-multicast-measuring')
export class Measuring extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.6rem;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0.2rem 0.9rem;
      }
      dt {
        color: var(--ink-soft);
      }
      dd {
        font-weight: 650;
      }
    `,
  ];

  @property({ attribute: false }) gatehouse!: Gatehouse;
  @property({ type: Boolean }) down = false;
  @state() private cost: MulticastCost | null = null;
  @state() private phase: 'idle' | 'running' = 'idle';
  @state() private told = '';

  protected override render(): TemplateResult {
    const running = this.phase === 'running';
    return html`
      <div class="row">
        <button ?disabled=${this.down || running} @click=${() => void this.#measure()}>
          Measure ${MULTICASTS} multicasts from here
        </button>
        <span class="small" role="status">${running ? 'Measuring …' : this.told}</span>
      </div>
      ${this.cost === null ? nothing : facts(this.cost)}
    `;
  }

  async #measure(): Promise<void> {
    this.phase = 'running';
    this.told = '';
    try {
      this.cost = await this.gatehouse.multicast.measure(MULTICASTS);
    } catch (error) {
      this.cost = null;
      this.told = messageOf(error);
    }
    this.phase = 'idle';
  }
}

function facts({
  members,
  multicasts,
  messages,
  theory,
  latencies,
}: MulticastCost): TemplateResult {
  const sorted = [...latencies].sort((a, b) => a - b);
  const share = (part: number): string => {
    const ms = sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
    return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
  };
  return html`<dl data-testid="cost">
      <dt>Messages for one multicast</dt>
      <dd>${(messages / multicasts).toFixed(1)}, in theory ${theory} among ${members}</dd>
      <dt>Until it was delivered here</dt>
      <dd>${share(0.5)} (median), ${share(0.95)} (19 of 20 within)</dd>
    </dl>
    ${
      messages > theory * multicasts
        ? html`<p class="small soft">
            More than in theory: where an answer took longer than 0.3 s it was asked for again.
          </p>`
        : nothing
    }`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-multicast-measuring': Measuring;
  }
}
