import { isAmount } from '../amount.ts';

/** The amount that a field asks for; `null` for half a number, which is marked: it is no question. */
export function amountOf(field: HTMLInputElement): number | null {
  const amount = field.valueAsNumber;
  const isSound = isAmount(field.name, amount);
  field.ariaInvalid = String(!isSound);
  return isSound ? amount : null;
}

/** Shows what is asked in the fields of a form; one that says so already is left as it is, since it may be typed in. */
export function showAmounts(form: ParentNode, asked: Readonly<Record<string, unknown>>): void {
  for (const field of form.querySelectorAll<HTMLInputElement>('input[type=number]')) {
    const amount = asked[field.name];
    if (field.valueAsNumber !== amount) field.value = String(amount);
    field.ariaInvalid = 'false';
  }
}
