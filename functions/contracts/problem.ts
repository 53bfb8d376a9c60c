import * as z from 'zod';
import { PROBLEM_CODES } from './problems.ts';

export const ProblemCode = z.enum(PROBLEM_CODES);

/** RFC 9457 problem details. Clients branch on `code`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: ProblemCode,
  detail: z.string().optional(),
  instance: z.string().optional(),
  /** The correlation id. Quote it when you ask for help. */
  correlationId: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
