/** Shows the copy buttons and lets them copy the command beside them; where that is refused they select it. */
export function enableCopying(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
    const source = button.parentElement?.querySelector('code');
    if (!source) continue;
    button.hidden = false;
    button.addEventListener('click', () => {
      void navigator.clipboard
        .writeText(source.textContent)
        .then(() => 'Copied')
        .catch(() => {
          getSelection()?.selectAllChildren(source);
          return 'Selected';
        })
        .then((done) => {
          button.textContent = done;
          setTimeout(() => (button.textContent = 'Copy'), 2000);
        });
    });
  }
}
