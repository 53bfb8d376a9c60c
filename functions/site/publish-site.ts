import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { SITE_ASSETS, siteCacheControl, siteContentType } from '../contracts/site.ts';
import type { SiteFile } from './read-site.ts';

/**
 * Puts the files into the bucket: first those with a hash in their names, then the pages that load them, so that no page
 * names a file that is not there. Files of earlier deployments stay for the pages that browsers still show.
 */
export const publishSite = async (
  s3: S3Client,
  bucket: string,
  files: readonly SiteFile[],
): Promise<void> => {
  const isAsset = ({ path }: SiteFile): boolean => path.startsWith(SITE_ASSETS);
  const put = ({ path, content }: SiteFile) =>
    s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: path,
        Body: content,
        ContentType: siteContentType(path),
        CacheControl: siteCacheControl(path),
      }),
    );
  await Promise.all(files.filter(isAsset).map(put));
  await Promise.all(files.filter((file) => !isAsset(file)).map(put));
};
