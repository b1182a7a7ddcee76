import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { Trace } from '../../runtime/trace-file.ts';
import { shared } from '../elements/styles.ts';
import { RefusedEvent } from '../refused-event.ts';

/** A trace to look at, from a file of this name. */
export class TraceOpened extends Event {
  constructor(
    readonly trace: Trace,
    readonly file: string,
  ) {
    super('trace-opened');
  }
}

/** Takes a file of the simulator, chosen or dropped here. What looks at it is fetched only then. */
@customElement('gh-open-trace')
export class OpenTrace extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      label {
        display: grid;
        gap: 0.35rem;
        padding: 0.6rem;
        border: 1px dashed var(--line-strong);
        border-radius: var(--radius);
      }
      .over {
        border-color: var(--accent);
        background: var(--sunken);
      }
      input {
        width: 100%;
        min-height: 2.75rem;
        font: inherit;
        color: inherit;
      }
      code,
      .problem {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @state() private reading = false;
  @state() private problem = '';
  @state() private over = false;
  @query('input') private readonly input!: HTMLInputElement;

  override focus(): void {
    this.input.focus();
  }

  protected override render(): TemplateResult {
    return html`
      <label
        class=${this.over ? 'over' : ''}
        @dragover=${this.#dragged}
        @dragleave=${() => (this.over = false)}
        @drop=${this.#dropped}
      >
        <span>Open a trace, or drop its file here</span>
        <input type="file" ?disabled=${this.reading} @change=${this.#chosen} />
      </label>
      <p class="small soft">
        <code>npm run simulate -- --seed 7 --trace FILE</code> writes one. It is read here and sent
        nowhere.
      </p>
      <p class="small" role="status">${this.reading ? 'Reading …' : nothing}</p>
      ${this.problem === '' ? nothing : html`<p class="small problem" role="alert">${this.problem}</p>`}
    `;
  }

  readonly #chosen = (): void => {
    const file = this.input.files?.item(0);
    if (file) void this.#open(file);
  };

  readonly #dragged = (event: DragEvent): void => {
    event.preventDefault();
    this.over = true;
  };

  readonly #dropped = (event: DragEvent): void => {
    event.preventDefault();
    this.over = false;
    const file = event.dataTransfer?.files.item(0);
    if (file && !this.reading) void this.#open(file);
  };

  async #open(file: File): Promise<void> {
    this.reading = true;
    this.problem = '';
    try {
      const [{ readTrace }] = await Promise.all([
        import('./recorded/read-trace.ts'),
        import('./recorded/trace-view.ts'),
      ]);
      const read = await readTrace(file);
      if (read.ok) this.dispatchEvent(new TraceOpened(read.value, file.name));
      else this.#refuse(file.name, read.reason);
    } catch {
      this.problem = 'What shows traces could not be fetched from the server. Try again.';
    } finally {
      this.reading = false;
      // So that the same file can be chosen again.
      this.input.value = '';
    }
  }

  #refuse(file: string, reason: string): void {
    this.problem = `${file} can't be opened: ${reason}.`;
    // Which line it was makes no reason of its own.
    this.dispatchEvent(new RefusedEvent('file', `trace: ${reason.replace(/^line \d+: /, '')}`));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-open-trace': OpenTrace;
  }
  interface HTMLElementEventMap {
    'trace-opened': TraceOpened;
  }
}
