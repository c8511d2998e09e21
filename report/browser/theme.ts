import type { TransportLook } from '../../bench/result/schema.ts';

/** The page's colours as a canvas needs them. */
export type Theme = {
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly page: string;
  readonly panel: string;
  readonly font: string;
  readonly colour: (look: TransportLook) => string;
};

const darkScreen = matchMedia('screen and (prefers-color-scheme: dark)');

/** The colours that the style sheet gives the page now, or those of paper, which is light whatever the screen is. */
export function currentTheme(medium: 'screen' | 'paper'): Theme {
  const styles = getComputedStyle(document.documentElement);
  const value = (name: string) => styles.getPropertyValue(name).trim();
  const font = value('--sans');
  if (medium === 'paper')
    return {
      ink: '#1b1f27',
      muted: '#565e6c',
      grid: '#e9ecf0',
      page: '#ffffff',
      panel: '#f6f7f9',
      font,
      colour: light,
    };
  return {
    ink: value('--ink'),
    muted: value('--muted'),
    grid: value('--grid'),
    page: value('--page'),
    panel: value('--panel'),
    font,
    colour: darkScreen.matches ? ({ colour }) => colour.dark : light,
  };
}

const light = ({ colour }: TransportLook) => colour.light;

/** Calls back when the system changes between light and dark, and when the page goes to paper and returns. */
export function onThemeChange(changed: (medium: 'screen' | 'paper') => void): void {
  darkScreen.addEventListener('change', () => changed('screen'));
  addEventListener('beforeprint', () => changed('paper'));
  addEventListener('afterprint', () => changed('screen'));
}
