import { isCount } from '../amount.ts';
import { html, type Markup } from '../html.ts';
import { formatSetting } from '../../bench/basics/amounts.ts';

export type NumberField = {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  /** What it means to leave it empty; absent where it must not be. */
  readonly empty?: string;
};

function hintOf(empty: string | undefined, measured: readonly number[]): string | null {
  if (empty !== undefined) return `empty: ${empty}`;
  return measured.length === 0 ? null : `measured: ${measured.map(formatSetting).join(', ')}`;
}

/** A field for one number of a form, named `prefix-name`; below it what was measured of it, if anything, or what it means to leave it empty. */
export function numberField(
  prefix: string,
  { name, label, unit, empty }: NumberField,
  value: number | null,
  measured: readonly number[],
): Markup {
  const id = `${prefix}-${name}`;
  const isWhole = isCount(name);
  const hint = hintOf(empty, measured);
  return html`<div class="field">
    <label for="${id}">${label}${unit === '' ? null : html` <small>${unit}</small>`}</label>
    <input
      id="${id}"
      name="${name}"
      type="number"
      inputmode="${isWhole ? 'numeric' : 'decimal'}"
      min="${isWhole ? 1 : 0}"
      step="${isWhole ? '1' : 'any'}"
      value="${value}"
      ${hint === null ? null : html`aria-describedby="${id}-hint"`}
      ${empty === undefined ? html`required` : null}
    />
    ${hint === null ? null : html`<small id="${id}-hint">${hint}</small>`}
  </div>`;
}
