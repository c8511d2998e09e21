import { charts } from './charts.ts';
import { chooser } from './chooser.ts';
import { compare } from './compare.ts';
import { environment } from './environment.ts';
import { errors } from './errors.ts';
import { glance } from './glance.ts';
import { matrix } from './matrix.ts';
import { method } from './method.ts';
import { planner } from './planner.ts';
import { raw } from './raw.ts';
import type { Section } from './section.ts';
import { steps } from './steps.ts';
import { verdicts } from './verdicts.ts';
import { warnings } from './warnings.ts';
import { ways } from './ways.ts';

/** The page below its header, in reading order. */
export const SECTIONS: readonly Section[] = [
  glance,
  verdicts,
  warnings,
  ways,
  chooser,
  planner,
  matrix,
  charts,
  steps,
  errors,
  compare,
  environment,
  method,
  raw,
];
