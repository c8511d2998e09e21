import { isSweep, type View, type ViewState } from '../view-link.ts';

/** Shows the toolbar and connects it: its controls change the view. */
export function enableToolbar(root: ParentNode, view: View): void {
  const toolbar = root.querySelector<HTMLElement>('#toolbar');
  if (toolbar === null) return;
  toolbar.hidden = false;
  for (const button of toolbar.querySelectorAll<HTMLButtonElement>('[data-transport]'))
    button.addEventListener('click', () => {
      const hidden = new Set(view.get().hidden);
      const id = button.dataset['transport'] ?? '';
      if (!hidden.delete(id)) hidden.add(id);
      view.set({ hidden });
    });
  for (const button of toolbar.querySelectorAll<HTMLButtonElement>('[data-scale]'))
    button.addEventListener('click', () =>
      view.set({ scale: button.dataset['scale'] === 'linear' ? 'linear' : 'log' }),
    );
  const load = toolbar.querySelector<HTMLSelectElement>('#load');
  load?.addEventListener('change', () => view.set({ load: load.value }));
  const across = toolbar.querySelector<HTMLSelectElement>('#across');
  across?.addEventListener('change', () => isSweep(across.value) && view.set({ across: across.value }));
}

/** Makes the controls say what the state is. */
export function showState(root: ParentNode, state: ViewState): void {
  const toolbar = root.querySelector<HTMLElement>('#toolbar');
  if (toolbar === null) return;
  for (const button of toolbar.querySelectorAll<HTMLButtonElement>('[data-transport]'))
    button.ariaPressed = String(!state.hidden.has(button.dataset['transport'] ?? ''));
  for (const button of toolbar.querySelectorAll<HTMLButtonElement>('[data-scale]'))
    button.ariaPressed = String(button.dataset['scale'] === state.scale);
  const load = toolbar.querySelector<HTMLSelectElement>('#load');
  if (load !== null) load.value = state.load;
  const across = toolbar.querySelector<HTMLSelectElement>('#across');
  if (across !== null) across.value = state.across ?? '';
}
