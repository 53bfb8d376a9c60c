/** Prints the files of the site as JSON, content by path: the synthesis of a deployment reads them. */
import { siteFiles } from './build.ts';

process.stdout.write(JSON.stringify(Object.fromEntries(siteFiles())));
