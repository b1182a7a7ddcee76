import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { shortcutsOn, switchShortcuts } from './shortcuts.ts';
import { shared } from './styles.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['i', 'In the park: let a visitor in'],
  ['o', 'In the park: let a visitor out'],
  ['/', 'In the park: search who is inside'],
  ['?', 'Show this list'],
];

/** The list of keyboard shortcuts, and the button that shows it. */
@customElement('gh-shortcuts')
export class ShortcutsHelp extends LitElement {
  static override styles = [
    shared,
    css`
      dialog {
        width: min(24rem, calc(100vw - 2rem));
        padding: 1.25rem;
        border: 2px solid var(--ink);
        border-radius: var(--radius);
        background: var(--panel);
        color: var(--ink);
      }
      dialog::backdrop {
        background: var(--shade);
      }
      dl {
        display: grid;
        grid-template-columns: 3rem 1fr;
        gap: 0.5rem;
        margin: 0.75rem 0;
      }
      kbd {
        display: inline-block;
        min-width: 1.75rem;
        padding: 0.1rem 0.4rem;
        border: 1px solid var(--line-strong);
        border-radius: 0.25rem;
        background: var(--sunken);
        font-family: var(--mono);
        text-align: center;
      }
      label {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        color: var(--ink);
      }
      form {
        display: flex;
        justify-content: flex-end;
      }
      @media (pointer: coarse) and (max-width: 59.99rem) {
        .open {
          display: none;
        }
      }
    `,
  ];

  @state() private on = shortcutsOn();
  @query('dialog') private readonly dialog!: HTMLDialogElement;

  show(): void {
    if (!this.dialog.open) this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    return html`
      <button class="quiet open" @click=${() => this.show()}>Shortcuts</button>
      <dialog aria-labelledby="heading">
        <h2 id="heading">Keyboard shortcuts</h2>
        <dl>
          ${KEYS.map(
            ([key, what]) =>
              html`<dt><kbd>${key}</kbd></dt>
                <dd>${what}</dd>`,
          )}
        </dl>
        <label>
          <input
            type="checkbox"
            .checked=${this.on}
            @change=${(event: Event) => this.#switch((event.target as HTMLInputElement).checked)}
          />
          Use these keys on this device
        </label>
        <form method="dialog"><button>Close</button></form>
      </dialog>
    `;
  }

  #switch(on: boolean): void {
    this.on = on;
    switchShortcuts(on);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-shortcuts': ShortcutsHelp;
  }
}
