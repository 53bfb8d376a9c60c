import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClipName, RECIPES, type Recipe } from './clips/recipes.ts';

export { FFMPEG_PATH } from './clips/ffmpeg.ts';
export type { ClipName } from './clips/recipes.ts';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/frame-flow-clips/v1/', import.meta.url));
const underWay = new Map<ClipName, Promise<string>>();

/**
 * The path of a clip, made with the project's FFmpeg on first use and cached below node_modules/.cache. Several test
 * processes may request it at once: each makes a copy in a separate folder, and the rename is atomic.
 */
export const clip = (name: ClipName): Promise<string> => {
  const known = underWay.get(name);
  if (known) return known;
  const made = make(name);
  underWay.set(name, made);
  return made;
};

const make = async (name: ClipName): Promise<string> => {
  const path = join(CACHE, name);
  if (await exists(path)) return path;
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, '.making-'));
  try {
    const recipe: Recipe = RECIPES[name];
    await recipe(join(folder, name), clip);
    await rename(join(folder, name), path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return path;
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
