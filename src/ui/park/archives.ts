import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ArchiveView } from '../../runtime/gatehouse.ts';
import { downloadJson } from '../elements/download.ts';
import { shared } from '../elements/styles.ts';
import { count, dayAndTime, shortId } from '../words.ts';
import { entryWords, type NameOf } from './log-words.ts';

/** Logs that were set aside here, and what only they know. */
@customElement('gh-archives')
export class Archives extends LitElement {
  static override styles = [
    shared,
    css`
      :host > ul {
        display: grid;
        gap: 0.75rem;
      }
      summary {
        cursor: pointer;
        padding: 0.35rem 0;
      }
      ol {
        max-height: 14rem;
        overflow-y: auto;
        border-top: 1px solid var(--line);
      }
      ol li {
        display: flex;
        justify-content: space-between;
        gap: 0.5rem;
        padding: 0.2rem 0.25rem;
        font-size: var(--small);
      }
    `,
  ];

  @property({ attribute: false }) archives: readonly ArchiveView[] = [];
  @property({ attribute: false }) nameOf: NameOf = shortId;

  protected override render(): TemplateResult {
    return html`<ul>
      ${this.archives.map((archive) => this.#archive(archive))}
    </ul>`;
  }

  #archive(archive: ArchiveView): TemplateResult {
    const { generation, at, compared, unknown } = archive;
    const operations = count(unknown.length, 'operation');
    return html`<li>
      <div class="row spread">
        <span>
          Generation ${shortId(generation)}
          <span class="small soft"> set aside ${dayAndTime(at)} </span>
        </span>
        <button
          aria-label="Export generation ${shortId(generation)}"
          @click=${() => downloadJson(`gatehouse-${shortId(generation)}.json`, archive)}
        >
          Export
        </button>
      </div>
      <details>
        <summary>
          ${
            compared
              ? `${operations} that the park does not know`
              : `${operations}, not compared with the park's log yet`
          }
        </summary>
        <ol tabindex="0" aria-label="Operations of generation ${shortId(generation)}">
          ${unknown.map(
            (entry) =>
              html`<li>
                <span>${entryWords(entry, this.nameOf)}</span>
                <time>${dayAndTime(entry.at)}</time>
              </li>`,
          )}
        </ol>
      </details>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-archives': Archives;
  }
}
