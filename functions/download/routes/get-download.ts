import * as z from 'zod';
import { Download, VideoPath } from '../../contracts/http.ts';
import { Redirect, userRoute } from '../../shared/http/route.ts';
import { getDownload } from '../core/get-download.ts';
import type { DownloadServices } from '../core/ports.ts';

export const getDownloadRoute = userRoute({
  method: 'GET',
  path: '/videos/{id}/download',
  input: z.object({ params: VideoPath }),
  answer: Download,
  status: 200,
  run: async ({ params }, services: DownloadServices, { caller, header }) => {
    const download = await getDownload({ id: params.id, userId: caller.userId }, services);
    return asksForJson(header('accept')) ? download : new Redirect(download.url);
  },
});

/** Whether JSON is asked for by name: what accepts anything gets the file. */
const asksForJson = (accept: string | undefined): boolean =>
  (accept ?? '').split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return type === 'application/json' && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  });
