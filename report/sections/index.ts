import { charts } from './charts.ts';
import { environment } from './environment.ts';
import { errors } from './errors.ts';
import { glance } from './glance.ts';
import { matrix } from './matrix.ts';
import { method } from './method.ts';
import { raw } from './raw.ts';
import type { Section } from './section.ts';
import { warnings } from './warnings.ts';

/** The page below its header, in reading order. Verdict cards go after `glance`, the chooser after `warnings`. */
export const SECTIONS: readonly Section[] = [glance, warnings, matrix, charts, errors, environment, method, raw];
