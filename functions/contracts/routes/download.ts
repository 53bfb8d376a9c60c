import * as z from 'zod';
import { Download, FramePage, FramesQuery } from '../http/frames.ts';
import { VideoPath } from '../http/video-path.ts';
import { json, REDIRECT, type RouteContracts } from './route.ts';

export const DOWNLOAD_ROUTES = {
  getDownload: {
    method: 'GET',
    path: '/videos/{id}/download',
    context: 'download',
    auth: 'user',
    input: z.object({ params: VideoPath, headers: z.object({ accept: z.string().optional() }) }),
    answers: { 200: json(Download), 302: REDIRECT },
    problems: ['VIDEO_NOT_FOUND', 'NOT_READY', 'EXPIRED'],
  },
  listFrames: {
    method: 'GET',
    path: '/videos/{id}/frames',
    context: 'download',
    auth: 'user',
    input: z.object({ params: VideoPath, query: FramesQuery }),
    answers: { 200: json(FramePage) },
    problems: ['VIDEO_NOT_FOUND', 'NOT_READY', 'EXPIRED', 'INVALID_CURSOR'],
  },
} as const satisfies RouteContracts;
