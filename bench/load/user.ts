import { stat } from 'node:fs/promises';
import { type CreatedVideo, type Download, hasCode, sendFile, type Video } from '../../client/index.ts';
import { fileSource } from '../../client/node.ts';
import type { Profile } from '../../functions/contracts/http.ts';
import { AnswerLog } from './answers.ts';
import { Session } from './session.ts';

/** A user of the run, with the typed client and a session that is refreshed all the time. */
export class LoadUser {
  readonly session: Session;
  /** The profile's id. */
  id = '';

  /** @param answers counts every single answer */
  constructor(url: string, answers = new AnswerLog()) {
    this.session = new Session(url, answers);
  }

  /** Number of calls that the client repeated. */
  get retries(): number {
    return this.session.retries;
  }

  async register(): Promise<void> {
    await this.session.register();
    this.id = (await this.profile()).id;
  }

  profile(): Promise<Profile> {
    return this.session.authorized((client) => client.getProfile());
  }

  /** Declares a file; however often it is repeated, there is one video. */
  async create(
    path: string,
    request: { readonly fileName: string; readonly intervalSeconds?: number },
    idempotencyKey: string,
  ): Promise<CreatedVideo> {
    const { size: sizeBytes } = await stat(path);
    return this.session.authorized((client) =>
      client.createVideo({ ...request, sizeBytes }, { idempotencyKey }),
    );
  }

  /** Sends the file, with a form that may have been used before. @returns once S3 has accepted it */
  async upload({ upload }: Pick<CreatedVideo, 'upload'>, path: string): Promise<void> {
    const { content } = await fileSource(path);
    await sendFile(this.session.client, upload, content);
  }

  video(id: string): Promise<Video> {
    return this.session.authorized((client) => client.getVideo({ id }));
  }

  /** Deletes a video. @returns once that was accepted, or once the video was not found after a lost answer */
  async delete(id: string): Promise<void> {
    await this.session.authorized((client) => client.deleteVideo({ id }));
  }

  /** Whether the user sees the video. */
  async sees(id: string): Promise<boolean> {
    try {
      await this.video(id);
      return true;
    } catch (error) {
      if (hasCode(error, 'VIDEO_NOT_FOUND')) return false;
      throw error;
    }
  }

  download(id: string): Promise<Download> {
    return this.session.authorized((client) => client.getDownload({ id }));
  }
}
