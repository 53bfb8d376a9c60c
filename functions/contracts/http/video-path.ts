import * as z from 'zod';
import { VideoId } from '../ids.ts';

/** The parameters of `/videos/{id}` and of all paths below it. */
export const VideoPath = z.object({ id: VideoId });
