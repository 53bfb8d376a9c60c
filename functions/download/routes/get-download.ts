import type { DOWNLOAD_ROUTES } from '../../contracts/routes/download.ts';
import { type Operation, Redirect } from '../../shared/http/operation.ts';
import { getDownload } from '../core/get-download.ts';
import type { DownloadServices } from '../core/ports.ts';

export const getDownloadOperation: Operation<typeof DOWNLOAD_ROUTES.getDownload, DownloadServices> = async (
  { params, headers },
  services,
  { caller },
) => {
  const download = await getDownload({ id: params.id, userId: caller.userId }, services);
  return asksForJson(headers.accept) ? download : new Redirect(download.url);
};

/** Whether the client explicitly accepts JSON. A client that accepts anything gets the file. */
const asksForJson = (accept: string | undefined): boolean =>
  (accept ?? '').split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return type === 'application/json' && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  });
