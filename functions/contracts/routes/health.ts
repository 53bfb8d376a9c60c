import * as z from 'zod';
import { Health } from '../http/health.ts';
import { json, type RouteContracts } from './route.ts';

export const HEALTH_ROUTES = {
  getHealth: {
    method: 'GET',
    path: '/health',
    context: 'health',
    auth: 'none',
    input: z.object({}),
    answers: { 200: json(Health) },
    problems: [],
  },
} as const satisfies RouteContracts;
