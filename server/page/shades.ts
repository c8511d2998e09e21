/** Style rules in their light and in their dark shade, of which the reader's screen chooses; paper is light. */
export function shadedStyles(rules: (shade: 'light' | 'dark') => string): string {
  return `${rules('light')}@media screen and (prefers-color-scheme:dark){${rules('dark')}}`;
}
