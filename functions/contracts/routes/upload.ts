import * as z from 'zod';
import { VideoPath } from '../http/video-path.ts';
import {
  CreatedVideo,
  CreateVideoRequest,
  IdempotencyKey,
  PageQuery,
  Timeline,
  Video,
  VideoPage,
} from '../http/videos.ts';
import { EMPTY, json, type RouteContracts } from './route.ts';

export const UPLOAD_ROUTES = {
  createVideo: {
    method: 'POST',
    path: '/videos',
    context: 'upload',
    auth: 'user',
    input: z.object({
      headers: z.object({ 'idempotency-key': IdempotencyKey.optional() }),
      body: CreateVideoRequest,
    }),
    answers: { 201: json(CreatedVideo) },
    problems: ['FILE_TOO_LARGE', 'UNSUPPORTED_EXTENSION', 'IDEMPOTENCY_KEY_REUSED'],
  },
  listVideos: {
    method: 'GET',
    path: '/videos',
    context: 'upload',
    auth: 'user',
    input: z.object({ query: PageQuery }),
    answers: { 200: json(VideoPage) },
    problems: ['INVALID_CURSOR'],
  },
  getVideo: {
    method: 'GET',
    path: '/videos/{id}',
    context: 'upload',
    auth: 'user',
    input: z.object({ params: VideoPath }),
    answers: { 200: json(Video) },
    problems: ['VIDEO_NOT_FOUND'],
  },
  deleteVideo: {
    method: 'DELETE',
    path: '/videos/{id}',
    context: 'upload',
    auth: 'user',
    input: z.object({ params: VideoPath }),
    answers: { 202: EMPTY },
    problems: ['VIDEO_NOT_FOUND'],
  },
  getTimeline: {
    method: 'GET',
    path: '/videos/{id}/events',
    context: 'upload',
    auth: 'user',
    input: z.object({ params: VideoPath }),
    answers: { 200: json(Timeline) },
    problems: ['VIDEO_NOT_FOUND'],
  },
} as const satisfies RouteContracts;
