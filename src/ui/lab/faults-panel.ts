import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Gatehouse, Status } from '../../runtime/gatehouse.ts';
import { icon } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import { gateRows, type GateRow } from '../park/gate-rows.ts';
import { count, isDown } from '../words.ts';
import { rulesOf, settingsOf, type FaultSettings } from './fault-rules.ts';

/** Faults on this node's messages: cut links, loss and delay. */
@customElement('gh-faults')
export class FaultsPanel extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.6rem;
      }
      .slider {
        display: grid;
        grid-template-columns: 3rem minmax(0, 1fr) 4.5rem;
        align-items: center;
        gap: 0.5rem;
      }
      output {
        text-align: right;
      }
      li {
        display: grid;
        grid-template-columns: 1.25rem minmax(0, 1fr) 5.5rem;
        align-items: center;
        gap: 0.5rem;
        min-height: 2.75rem;
        border-top: 1px solid var(--line);
      }
    `,
  ];

  @property({ attribute: false }) gatehouse!: Gatehouse;
  @property({ attribute: false }) status!: Status;
  /** What a slider shows while it is being moved. */
  @state() private moving: { loss?: number; delayMs?: number } = {};

  protected override render(): TemplateResult {
    const settings = settingsOf(this.status.faults);
    const loss = this.moving.loss ?? settings.loss;
    const delayMs = this.moving.delayMs ?? settings.delayMs;
    const peers = gateRows(this.status).filter(({ self }) => !self);
    return html`
      <div class="slider">
        <label for="loss">Loss</label>
        <input
          id="loss"
          type="range"
          min="0"
          max="100"
          step="5"
          .value=${String(Math.round(loss * 100))}
          @input=${(event: Event) => this.#move({ loss: numberOf(event) / 100 }, settings)}
          @blur=${this.#still}
          @change=${(event: Event) => this.#set({ ...settings, loss: numberOf(event) / 100 })}
        />
        <output for="loss">${Math.round(loss * 100)} %</output>
      </div>
      <div class="slider">
        <label for="delay">Delay</label>
        <input
          id="delay"
          type="range"
          min="0"
          max="2000"
          step="50"
          .value=${String(delayMs)}
          @input=${(event: Event) => this.#move({ delayMs: numberOf(event) }, settings)}
          @blur=${this.#still}
          @change=${(event: Event) => this.#set({ ...settings, delayMs: numberOf(event) })}
        />
        <output for="delay">${delayMs} ms</output>
      </div>
      ${
        peers.length === 0
          ? html`<p class="small soft">
              ${
                isDown(this.status)
                  ? 'This node is down and knows no peer.'
                  : 'No peer to cut off yet. Open another gate first.'
              }
            </p>`
          : html`<ul>
              ${repeat(
                peers,
                ({ id }) => id,
                (peer) => this.#peer(peer, settings),
              )}
            </ul>`
      }
      <div class="row spread">
        <span class="small soft">
          ${
            settings.others.length === 0
              ? nothing
              : `${count(settings.others.length, 'rule')} from the console`
          }
        </span>
        <button ?disabled=${this.status.faults.length === 0} @click=${this.#heal}>Heal all</button>
      </div>
    `;
  }

  #peer(peer: GateRow, settings: FaultSettings): TemplateResult {
    const isCut = settings.cut.has(peer.id);
    const what = isCut ? 'Mend' : 'Cut';
    const toggle = (): void => {
      const cut = new Set(settings.cut);
      if (isCut) cut.delete(peer.id);
      else cut.add(peer.id);
      this.#set({ ...settings, cut });
    };
    return html`<li>
      ${icon(isCut || peer.link === null ? 'link-closed' : `link-${peer.link}`)}
      <span class="ellipsis">
        ${peer.name} <span class="small soft">${isCut ? 'cut off' : peer.reach}</span>
      </span>
      <button aria-label="${what} the link to ${peer.name}" @click=${toggle}>${what}</button>
    </li>`;
  }

  /** Back where it was, it is no change, and no `change` will be told. */
  #move(to: FaultsPanel['moving'], { loss, delayMs }: FaultSettings): void {
    const isBack = (to.loss ?? loss) === loss && (to.delayMs ?? delayMs) === delayMs;
    this.moving = isBack ? {} : to;
  }

  readonly #still = (): void => {
    this.moving = {};
  };

  readonly #heal = (): void => {
    this.moving = {};
    this.gatehouse.faults([]);
  };

  #set(settings: FaultSettings): void {
    this.moving = {};
    this.gatehouse.faults(rulesOf(settings));
  }
}

function numberOf(event: Event): number {
  return Number((event.target as HTMLInputElement).value);
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-faults': FaultsPanel;
  }
}
