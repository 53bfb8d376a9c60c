import * as z from 'zod';
import { JWKS_MAX_AGE_SECONDS } from '../access.ts';
import {
  Jwks,
  LoginRequest,
  Profile,
  RefreshRequest,
  RegisterRequest,
  TokenPair,
  UpdateProfileRequest,
} from '../http/account.ts';
import { EMPTY, json, type RouteContracts } from './route.ts';

export const AUTH_ROUTES = {
  register: {
    method: 'POST',
    path: '/auth/register',
    context: 'auth',
    auth: 'none',
    input: z.object({ body: RegisterRequest }),
    answers: { 201: json(Profile) },
    problems: ['EMAIL_TAKEN'],
  },
  login: {
    method: 'POST',
    path: '/auth/login',
    context: 'auth',
    auth: 'none',
    input: z.object({ body: LoginRequest }),
    answers: { 200: json(TokenPair) },
    problems: ['INVALID_CREDENTIALS'],
  },
  refresh: {
    method: 'POST',
    path: '/auth/refresh',
    context: 'auth',
    auth: 'none',
    input: z.object({ body: RefreshRequest }),
    answers: { 200: json(TokenPair) },
    problems: ['INVALID_REFRESH_TOKEN'],
  },
  logout: {
    method: 'POST',
    path: '/auth/logout',
    context: 'auth',
    auth: 'none',
    input: z.object({ body: RefreshRequest }),
    answers: { 204: EMPTY },
    problems: [],
  },
  getProfile: {
    method: 'GET',
    path: '/auth/me',
    context: 'auth',
    auth: 'user',
    input: z.object({}),
    answers: { 200: json(Profile) },
    problems: [],
  },
  updateProfile: {
    method: 'PATCH',
    path: '/auth/me',
    context: 'auth',
    auth: 'user',
    input: z.object({ body: UpdateProfileRequest }),
    answers: { 200: json(Profile) },
    problems: [],
  },
  getJwks: {
    method: 'GET',
    path: '/.well-known/jwks.json',
    context: 'auth',
    auth: 'none',
    input: z.object({}),
    answers: { 200: json(Jwks, { 'cache-control': `public, max-age=${JWKS_MAX_AGE_SECONDS}` }) },
    problems: [],
  },
} as const satisfies RouteContracts;
