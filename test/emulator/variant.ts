import { appendFile, cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';

/** What is made or installed here: the copy has a link to the packages and makes the rest. */
const LEFT_OUT = new Set(['.git', '.cache', '.local', 'build', 'cdk.out', 'node_modules']);

/** A copy of the app that a test may change, as the next version for a deployment. */
export class Variant {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Copies the app into a new folder below `parent`. */
  static async of(parent: string): Promise<Variant> {
    const directory = join(parent, 'variant');
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    for (const part of await readdir(REPOSITORY_ROOT)) {
      if (LEFT_OUT.has(part)) continue;
      await cp(join(REPOSITORY_ROOT, part), join(directory, part), { recursive: true });
    }
    await symlink(join(REPOSITORY_ROOT, 'node_modules'), join(directory, 'node_modules'));
    return new Variant(directory);
  }

  /** Writes a migration of context upload and replaces one of the same name. */
  async migrateUpload(name: string, sql: string): Promise<void> {
    await writeFile(join(this.directory, 'functions/upload/migrations', `${name}.sql`), `${sql}\n`);
  }

  /** Changes the code of upload's HTTP function without changing its behaviour. */
  async changeUploadHttp(): Promise<void> {
    const entry = join(this.directory, 'functions/upload/http.lambda.ts');
    await appendFile(entry, "\nexport const version = 'the next one';\n");
  }
}
