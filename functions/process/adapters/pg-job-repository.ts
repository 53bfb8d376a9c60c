import type pg from 'pg';
import type { DiscardFile } from '../../contracts/events.ts';
import type { VideoId } from '../../contracts/ids.ts';
import { consumeOnce } from '../../shared/inbox/consume-once.ts';
import type { TransactionalOutbox } from '../../shared/outbox/transactional-outbox.ts';
import { type Job, NEW_JOB } from '../core/job.ts';
import type { Decide, JobRepository } from '../core/ports.ts';
import { toNow } from './column-values.ts';
import { JOB_COLUMNS, toJob } from './job-row.ts';
import { storeDecision } from './store-decision.ts';

const FIND = `SELECT ${JOB_COLUMNS} FROM job WHERE video_id = $1`;

const LOCK = `SELECT ${JOB_COLUMNS}, now() AS now FROM job WHERE video_id = $1 FOR UPDATE`;

/** Two first messages of a video wait for each other here: a SELECT could not lock a missing row. */
const CREATE_OR_LOCK = `
  INSERT INTO job (video_id, attempt, status) VALUES ($1, $2, $3)
  ON CONFLICT (video_id) DO UPDATE SET attempt = job.attempt
  RETURNING ${JOB_COLUMNS}, now() AS now`;

/** Jobs in PostgreSQL. */
export class PgJobRepository implements JobRepository {
  readonly #pool: pg.Pool;
  readonly #outbox: TransactionalOutbox;

  constructor(pool: pg.Pool, outbox: TransactionalOutbox) {
    this.#pool = pool;
    this.#outbox = outbox;
  }

  async find(id: VideoId): Promise<Job | undefined> {
    const { rows } = await this.#pool.query(FIND, [id]);
    return rows.map(toJob)[0];
  }

  async change<Answer>(id: VideoId, decide: Decide<Job | undefined, Answer>): Promise<Answer> {
    return this.#outbox.run(async (unit) => {
      const { rows } = await unit.tx.query(LOCK, [id]);
      const clock = rows[0] ?? (await unit.tx.query('SELECT now() AS now')).rows[0];
      return storeDecision(unit, id, decide(rows.map(toJob)[0], toNow(clock)));
    });
  }

  async changeOrCreate<Answer>(id: VideoId, decide: Decide<Job, Answer>): Promise<Answer> {
    return this.#outbox.run(async (unit) => {
      const { rows } = await unit.tx.query(CREATE_OR_LOCK, [id, NEW_JOB.attempt, NEW_JOB.status]);
      return storeDecision(unit, id, decide(toJob(rows[0]), toNow(rows[0])));
    });
  }

  async recordDiscarded(event: DiscardFile): Promise<void> {
    await consumeOnce(this.#pool, event);
  }
}
