/** A field for a whole number, and what is wrong with what stands in it. */
import { css, html, type TemplateResult } from 'lit';

export interface NumberField {
  /** Its id, and its name in the form. */
  readonly name: string;
  readonly label: string;
  readonly least: number;
  readonly most: number;
}

/** What is wrong, by the names of the fields. */
export type Problems = ReadonlyMap<string, string>;

export const NO_PROBLEMS: Problems = new Map();

/** @param value what stands in it at first */
export function numberField(
  { name, label, least, most }: NumberField,
  value: number,
  problems: Problems,
): TemplateResult {
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <input
      id=${name}
      name=${name}
      type="number"
      inputmode="numeric"
      min=${least}
      max=${most}
      step="1"
      required
      value=${value}
      aria-describedby="${name}-problem"
      aria-invalid=${problems.has(name) ? 'true' : 'false'}
    />
  </div>`;
}

/** What is wrong with these fields, in a row of its own below them. */
export function problemRow(fields: readonly NumberField[], problems: Problems): TemplateResult {
  return html`<div class="problems" role="alert">
    ${fields.map(
      ({ name }) =>
        html`<p class="problem" id="${name}-problem" ?hidden=${!problems.has(name)}>
          ${problems.get(name)}
        </p>`,
    )}
  </div>`;
}

/**
 * What is wrong with the numbers in a form; the first that is wrong gets the focus. The form is `novalidate`: the words
 * of the browser go away by themselves, and would leave the answer to something else standing.
 */
export function problemsOf(form: HTMLFormElement, fields: readonly NumberField[]): Problems {
  const wrong = fields.filter(({ name }) => !inputOf(form, name)?.validity.valid);
  const [first] = wrong;
  if (first) inputOf(form, first.name)?.focus();
  return new Map(
    wrong.map(({ name, label, least, most }) => [
      name,
      `${label}: a whole number from ${least} to ${most}.`,
    ]),
  );
}

export function numberIn(form: HTMLFormElement, { name }: NumberField): number {
  return inputOf(form, name)?.valueAsNumber ?? NaN;
}

function inputOf(form: HTMLFormElement, name: string): HTMLInputElement | null {
  const input = form.elements.namedItem(name);
  return input instanceof HTMLInputElement ? input : null;
}

export const numberFieldStyles = css`
  .field input[aria-invalid='true'] {
    border: 2px solid var(--ink);
  }
  /* Without a problem the row takes no room, not even the gap above it. */
  .problems {
    flex-basis: 100%;
    margin-top: -0.5rem;
  }
  .problem {
    margin-top: 0.5rem;
    padding: 0.4rem 0.6rem;
    border: 2px solid var(--ink);
    border-radius: var(--radius);
    font-size: var(--small);
  }
`;
