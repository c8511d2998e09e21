import type { TransportLook } from '../../bench/result/schema.ts';

/** The page's colours as a canvas needs them. */
export type Theme = {
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly page: string;
  readonly font: string;
  readonly colour: (look: TransportLook) => string;
};

const darkScreen = matchMedia('screen and (prefers-color-scheme: dark)');

/** Paper is light whatever the screen is. */
const PAPER = { ink: '#1b1f27', muted: '#565e6c', grid: '#e9ecf0', page: '#ffffff' } as const;

/** The colours that the style sheet gives the page now, or those of paper. */
export function currentTheme(medium: 'screen' | 'paper'): Theme {
  const styles = getComputedStyle(document.documentElement);
  const value = (name: string) => styles.getPropertyValue(`--${name}`).trim();
  const isPaper = medium === 'paper';
  const shade = !isPaper && darkScreen.matches ? 'dark' : 'light';
  const colours = Object.keys(PAPER).map((name) => [name, value(name)]);
  return {
    ...(isPaper ? PAPER : (Object.fromEntries(colours) as Record<keyof typeof PAPER, string>)),
    font: value('sans'),
    colour: ({ colour }) => colour[shade],
  };
}

/** Calls back when the system changes between light and dark, and when the page goes to paper and returns. */
export function onThemeChange(changed: (medium: 'screen' | 'paper') => void): void {
  darkScreen.addEventListener('change', () => changed('screen'));
  addEventListener('beforeprint', () => changed('paper'));
  addEventListener('afterprint', () => changed('screen'));
}
