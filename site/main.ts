/** `node site/main.ts DIRECTORY`: writes the site there. */
import { buildSite } from './build.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('Name the directory to write to: node site/main.ts DIRECTORY');
buildSite(directory);
