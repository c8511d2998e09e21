import { formatSetting } from '../format.ts';
import { html, type Markup } from '../html.ts';

export type NumberField = {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  /** `1` for whole numbers, `any` for others. */
  readonly step: string;
};

/** A field for one number of a form, named `prefix-name`; below it what was measured of it, if anything. */
export function numberField(
  prefix: string,
  { name, label, unit, step }: NumberField,
  value: number,
  measured: readonly number[],
): Markup {
  return html`<div class="field">
    <label for="${prefix}-${name}">${label}${unit === '' ? null : html` <small>${unit}</small>`}</label>
    <input
      id="${prefix}-${name}"
      name="${name}"
      type="number"
      inputmode="decimal"
      min="0"
      step="${step}"
      value="${value}"
    />
    ${measured.length === 0 ? null : html`<small>measured: ${measured.map(formatSetting).join(', ')}</small>`}
  </div>`;
}
