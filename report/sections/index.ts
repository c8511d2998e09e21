import { charts } from './charts.ts';
import { environment } from './environment.ts';
import { errors } from './errors.ts';
import { glance } from './glance.ts';
import { matrix } from './matrix.ts';
import { method } from './method.ts';
import { raw } from './raw.ts';
import type { Section } from './section.ts';
import { verdicts } from './verdicts.ts';
import { warnings } from './warnings.ts';

/** The page below its header, in reading order. The chooser goes after `warnings`. */
export const SECTIONS: readonly Section[] = [
  glance,
  verdicts,
  warnings,
  matrix,
  charts,
  errors,
  environment,
  method,
  raw,
];
