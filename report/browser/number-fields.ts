import { isAmount } from '../amount.ts';

/**
 * The amount that a field asks for, `null` where it is empty and may be. `undefined` for half a number, which is marked: it is
 * no question.
 */
export function amountOf(field: HTMLInputElement): number | null | undefined {
  // what is no number, such as a lone minus, has no value either
  const isEmpty = field.value === '' && !field.validity.badInput;
  const isSound = isEmpty ? !field.required : isAmount(field.name, field.valueAsNumber);
  field.ariaInvalid = String(!isSound);
  if (!isSound) return undefined;
  return isEmpty ? null : field.valueAsNumber;
}

/** Shows what is asked in the fields of a form; one that says so already is left as it is, since it may be typed in. */
export function showAmounts(form: ParentNode, asked: Readonly<Record<string, unknown>>): void {
  for (const field of form.querySelectorAll<HTMLInputElement>('input[type=number]')) {
    const amount = asked[field.name];
    if (field.valueAsNumber !== amount) field.value = typeof amount === 'number' ? String(amount) : '';
    field.ariaInvalid = 'false';
  }
}
